import SystemPackage

/// A path as the folder that something lies in, and its name there.
package struct PathParts: Equatable {
  /// Empty where the path has no folder.
  package let folder: String
  /// Empty of the root, and of an empty path.
  package let name: String

  /// Slashes at the end belong to neither.
  package init(_ path: String) {
    let path = FilePath(path)
    name = path.lastComponent?.string ?? ""
    folder = name.isEmpty ? "" : path.removingLastComponent().string
  }
}

extension String {
  /// The path of what is called so in the folder of this path; where this is empty, in the current one.
  package func path(of name: String) -> String { FilePath(self).appending(name).string }
}
