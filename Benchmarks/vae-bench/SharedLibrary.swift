import Foundation
import VAECore

/// A library that is loaded while the program runs, and stays.
struct SharedLibrary {
  let path: String
  // The handle is used by the thread that made it.
  private let handle: UnsafeMutableRawPointer

  /// A library by its file, or by a name that the system finds; or, without a path, this program with all that it is linked
  /// with.
  init(path: String?) throws(VAEError) {
    // A name without a slash is looked up by the system; a file of that name here comes first.
    let file = path.map {
      FileManager.default.fileExists(atPath: $0) ? URL(filePath: $0).path(percentEncoded: false) : $0
    }
    guard let handle = dlopen(file, Self.mode(ofProgram: path == nil)) else {
      throw VAEError(
        .file,
        "\(path ?? "this program") cannot be loaded as a library: \(dlerror().map { String(cString: $0) } ?? "").")
    }
    self.path = path ?? CommandLine.arguments[0]
    self.handle = handle
  }

  /// What a library calls is looked up in itself and in what it depends on, before this program's OpenBLAS is: many have
  /// functions of the same names, by which they would multiply with ours. (On macOS a name goes with its library anyway.)
  private static func mode(ofProgram: Bool) -> CInt {
    #if canImport(Glibc)
      return ofProgram ? RTLD_NOW : RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND
    #else
      return ofProgram ? RTLD_NOW : RTLD_NOW | RTLD_LOCAL
    #endif
  }

  /// The address of what it, or what it depends on, calls by a name.
  func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }

  /// The file that an address comes from, by `dladdr`, which Swift does not see in glibc.
  static func file(of address: UnsafeMutableRawPointer) -> String? {
    typealias Information = (
      file: UnsafePointer<CChar>?, base: UnsafeRawPointer?, symbol: UnsafePointer<CChar>?, address: UnsafeRawPointer?
    )
    typealias Find = @convention(c) (UnsafeRawPointer, UnsafeMutableRawPointer) -> CInt
    guard let program = dlopen(nil, RTLD_NOW), let find = dlsym(program, "dladdr") else { return nil }
    var information: Information = (nil, nil, nil, nil)
    let isFound = withUnsafeMutableBytes(of: &information) {
      unsafeBitCast(find, to: Find.self)(address, $0.baseAddress!) != 0
    }
    return isFound ? information.file.map { String(cString: $0) } : nil
  }
}
