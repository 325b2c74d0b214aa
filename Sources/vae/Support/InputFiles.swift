import Foundation
import SystemPackage
import VAECore
import VAEFiles

/// What a command reads, as far as it lies in files: nothing may be written over it.
struct InputFiles {
  private let name: String
  /// Files, and folders all of whose files belong to it.
  private let paths: [String]

  /// What a person calls it, and where it lies; nowhere where nil.
  init(_ name: String, _ path: String?) { (self.name, paths) = (name, path.map { [$0] } ?? []) }

  private init(_ name: String, paths: [String]) { (self.name, self.paths) = (name, paths) }

  /// The model at a path, a file or a run's folder.
  static func model(_ path: String?) -> InputFiles {
    let run = path.map { RunFolder(path: $0).model }
    return InputFiles("the model", paths: [path, run].compactMap { $0 }.filter { FileIdentity($0)?.isFolder == false })
  }

  /// Data and their condition, the labels beside them where it is not given.
  static func data(_ location: String?, condition: String? = nil) -> [InputFiles] {
    guard let location else { return [] }
    return [
      InputFiles("the data", paths: DataLocation.paths(of: location)),
      InputFiles(
        "the condition",
        paths: ConditionLocation.paths(of: condition ?? ConditionLocation.labels, beside: location)),
    ]
  }

  /// Throws where what an option names would be written over it, or into a folder of data, whose part it would be from then
  /// on.
  func check(_ output: String, of option: String) throws(VAEError) {
    let folder = PathParts(output).folder
    for path in paths {
      guard let input = FileIdentity(path) else { continue }
      if input == FileIdentity(output) {
        throw VAEError(
          .configuration, "\(option) \(output) would take the place of \(name), \(path): give another name.")
      }
      if input.isFolder && input == FileIdentity(folder.isEmpty ? "." : folder) {
        throw VAEError(
          .configuration,
          "\(option) \(output) would lie among \(name), in the folder \(path), and be taken for a part of them: give "
            + "another folder.")
      }
    }
  }
}

/// Which file or folder a path leads to, however it is written.
struct FileIdentity: Equatable {
  private let device: DeviceID
  private let inode: Inode
  let isFolder: Bool

  /// Nil where there is nothing.
  init?(_ path: String) {
    guard let status = try? FilePath(path).stat() else { return nil }
    (device, inode, isFolder) = (status.deviceID, status.inode, status.type == .directory)
  }
}
