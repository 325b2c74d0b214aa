import Foundation
import SystemPackage

extension VAEError {
  /// Why a path could not be read, in the system's words.
  package static func cannotRead(_ path: String, _ error: any Error = Errno.last) -> VAEError {
    VAEError(.file, "\(shown(path)) cannot be read: \(reason(error)).")
  }

  /// Why a path could not be written, in the system's words.
  package static func cannotWrite(_ path: String, _ error: any Error = Errno.last) -> VAEError {
    VAEError(.file, "\(shown(path)) cannot be written: \(reason(error)). What was there before is unchanged.")
  }

  /// What the system says about an error: its own, or one that Foundation has made of that and says less of.
  package static func reason(_ error: any Error = Errno.last) -> String {
    if let errno = error as? Errno { return "\(errno)" }
    // Of either of Foundation's halves: an NSError, or a Swift one.
    let system = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError }
    if let system, system.domain == NSPOSIXErrorDomain { return "\(Errno(rawValue: CInt(system.code)))" }
    return error.localizedDescription
  }

  /// A path for a message.
  static func shown(_ path: String) -> String { path.isEmpty ? "An empty path" : path }
}

extension Errno {
  /// That of the last call of the system that failed.
  static var last: Errno { Errno(rawValue: errno) }
}
