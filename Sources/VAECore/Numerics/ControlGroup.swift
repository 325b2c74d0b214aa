import Foundation

/// What Linux's control groups allow this process: the group that it is in, and those around it, each of which limits it.
/// A container's limits are such groups'.
///
/// Both versions are read, and a mix of them. What is not there, or makes no sense, limits nothing.
package struct ControlGroup {
  /// The processors that the process may keep busy on average, where that is limited: 1.5 for 150 ms in each 100 ms.
  package let processors: Double?
  /// The bytes that the process may have, where they are limited.
  package let memory: Int?

  /// The groups of this process, from the files below a folder, which is the system's root.
  package init(root: String = "") {
    let hierarchies = ControlGroup.hierarchies(root)
    func limits<Limit: Comparable>(_ controller: String, _ read: (Folder) -> Limit?) -> Limit? {
      hierarchies.filter { $0.controls(controller) }.flatMap(\.folders).compactMap(read).min()
    }
    processors = limits("cpu") { folder in
      folder.isUnified
        ? ControlGroup.quota(folder.words("cpu.max"))
        : ControlGroup.quota(folder.words("cpu.cfs_quota_us") + folder.words("cpu.cfs_period_us"))
    }
    memory = limits("memory") { folder in
      let words = folder.words(folder.isUnified ? "memory.max" : "memory.limit_in_bytes")
      return words.first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }
  }

  /// From a quota and a period of time; "max" and -1 are no quota.
  private static func quota(_ words: [String]) -> Double? {
    guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), quota > 0, period > 0,
      quota.isFinite, period.isFinite
    else { return nil }
    return quota / period
  }

  /// A group's folder.
  private struct Folder {
    let path: String
    let isUnified: Bool

    /// What a file in it says.
    func words(_ file: String) -> [String] {
      guard let text = try? String(contentsOfFile: "\(path)/\(file)", encoding: .utf8) else { return [] }
      return text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
  }

  /// A tree of groups, of one version, and where in it the process is.
  private struct Hierarchy {
    /// Of version 1; nil of version 2, where any may be.
    let controllers: [Substring]?
    /// The folder of the tree's visible root.
    let mount: String
    /// The process's group, from there; "" is the root itself.
    let group: String

    func controls(_ controller: String) -> Bool { controllers?.contains { $0 == controller } ?? true }

    /// The process's group and all above it.
    var folders: [Folder] {
      let parts = group.split(separator: "/")
      return (0...parts.count).map { count in
        Folder(
          path: ([Substring(mount)] + parts.prefix(count)).joined(separator: "/"), isUnified: controllers == nil)
      }
    }
  }

  /// The trees that are mounted and that the process is in a group of.
  private static func hierarchies(_ root: String) -> [Hierarchy] {
    func lines(_ file: String) -> [Substring] {
      (try? String(contentsOfFile: root + file, encoding: .utf8))?.split(separator: "\n") ?? []
    }
    // "4:memory:/a/b" of version 1, "0::/a/b" of version 2
    let groups = lines("/proc/self/cgroup").compactMap { line -> (controllers: [Substring]?, path: String)? in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return nil }
      return (fields[1].isEmpty ? nil : fields[1].split(separator: ","), String(fields[2]))
    }
    // "31 24 0:27 /root-of-mount /mount/point rw,… - cgroup cgroup rw,memory"
    return lines("/proc/self/mountinfo").compactMap { line in
      let fields = line.split(separator: " ")
      guard let dash = fields.firstIndex(of: "-"), dash >= 5, fields.count > dash + 3 else { return nil }
      let controllers: [Substring]?
      switch fields[dash + 1] {
      case "cgroup": controllers = fields[dash + 3].split(separator: ",")
      case "cgroup2": controllers = nil
      default: return nil
      }
      let own = groups.first { group in
        guard let mounted = controllers else { return group.controllers == nil }
        return group.controllers?.contains { mounted.contains($0) } ?? false
      }
      guard let own else { return nil }
      // In a container the mount may show the container's own group as its root, while the path is the whole one.
      let top = fields[3] == "/" ? "" : String(fields[3])
      let isBelow = own.path == top || own.path.hasPrefix(top + "/")
      return Hierarchy(
        controllers: controllers, mount: root + fields[4].replacing("\\040", with: " "),
        group: isBelow && !own.path.contains("/..") ? String(own.path.dropFirst(top.count)) : "")
    }
  }
}
