/// A path as the folder that something lies in, and its name there.
///
/// Foundation's `deletingLastPathComponent` ends the program where a path is a single letter.
package struct PathParts: Equatable {
  /// Empty where the path has no folder.
  package let folder: String
  package let name: String

  /// A folder's own path may end in slashes, which are part of neither.
  package init(_ path: String) {
    let slash = UInt8(ascii: "/")
    func end(_ part: Substring) -> String.Index {
      part.utf8.lastIndex { $0 != slash }.map(part.utf8.index(after:)) ?? part.startIndex
    }
    let whole = path[..<end(path[...])]
    let start = whole.utf8.lastIndex(of: slash).map(whole.utf8.index(after:)) ?? whole.startIndex
    name = String(whole[start...])
    let before = whole[..<start]
    folder = String(before[..<end(before)].isEmpty ? before.prefix(1) : before[..<end(before)])
  }
}
