import Foundation
import TestSupport
import Testing
import VAECore

/// What control groups and affinity leave of the machine, from folders that look like the system's.
struct MachineTests {
  /// A system's files, by their paths.
  private func group(_ files: [String: String]) throws -> ControlGroup {
    try withTemporaryFolder { folder in
      for (path, text) in files {
        let file = URL(filePath: folder.path + path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
      return ControlGroup(root: folder.path)
    }
  }

  private func unified(_ path: String, root: String = "/", _ files: [String: String]) throws -> ControlGroup {
    try group(
      [
        "/proc/self/cgroup": "0::\(path)\n",
        "/proc/self/mountinfo":
          "30 23 0:26 \(root) /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
      ].merging(files) { $1 })
  }

  @Test func version2() throws {
    let group = try unified(
      "/a/b",
      [
        "/sys/fs/cgroup/a/b/cpu.max": "150000 100000\n", "/sys/fs/cgroup/a/b/memory.max": "1073741824\n",
      ])
    #expect(group.processors == 1.5 && group.memory == 1 << 30)
  }

  /// The groups around the own one limit it, too.
  @Test func nested() throws {
    let group = try unified(
      "/a/b/c",
      [
        "/sys/fs/cgroup/a/cpu.max": "100000 100000\n", "/sys/fs/cgroup/a/b/cpu.max": "400000 100000\n",
        "/sys/fs/cgroup/a/b/c/cpu.max": "max 100000\n", "/sys/fs/cgroup/a/memory.max": "max\n",
        "/sys/fs/cgroup/a/b/memory.max": "4096\n", "/sys/fs/cgroup/a/b/c/memory.max": "8192\n",
        // That of another group.
        "/sys/fs/cgroup/x/cpu.max": "1 100000\n",
      ])
    #expect(group.processors == 1 && group.memory == 4096)
  }

  /// A container sees its own group as the root, by a namespace or by what is mounted.
  @Test(arguments: [("/", "/"), ("/docker/4f", "/docker/4f"), ("/../other", "/"), ("/docker/4f", "/")])
  func containers(path: String, root: String) throws {
    let group = try unified(
      path, root: root, ["/sys/fs/cgroup/cpu.max": "50000 100000\n", "/sys/fs/cgroup/memory.max": "4096\n"])
    #expect(group.processors == 0.5 && group.memory == 4096)
  }

  @Test func version1() throws {
    let mounts = """
      22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
      31 24 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct
      32 24 0:28 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory
      33 24 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
      34 24 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
      """
    let folder = "/sys/fs/cgroup"
    let group = try group([
      "/proc/self/mountinfo": mounts,
      "/proc/self/cgroup": "9:name=systemd:/s\n4:memory:/outer/inner\n3:cpu,cpuacct:/outer\n0::/\n",
      "\(folder)/cpu,cpuacct/outer/cpu.cfs_quota_us": "250000\n",
      "\(folder)/cpu,cpuacct/outer/cpu.cfs_period_us": "100000\n",
      "\(folder)/cpu,cpuacct/cpu.cfs_quota_us": "-1\n", "\(folder)/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
      "\(folder)/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "\(folder)/memory/outer/memory.limit_in_bytes": "1000000\n",
      "\(folder)/memory/outer/inner/memory.limit_in_bytes": "2000000\n",
    ])
    #expect(group.processors == 2.5 && group.memory == 1_000_000)
  }

  @Test func whatMakesNoSenseLimitsNothing() throws {
    for text in [
      "max 100000", "", "\n", "100000", "0 100000", "-5 100000", "100000 0", "nan 1", "inf 1", "many 100000",
    ] {
      let group = try unified(
        "/a", ["/sys/fs/cgroup/a/cpu.max": text, "/sys/fs/cgroup/a/memory.max": text.contains("max") ? "max" : "-7"])
      #expect(group.processors == nil && group.memory == nil, "\(text)")
    }
    let nothing = try group([:])
    #expect(nothing.processors == nil && nothing.memory == nil)
    let damaged = try group([
      "/proc/self/cgroup": "0:\n::\nx\n", "/proc/self/mountinfo": "1 2 - cgroup2\n- - - - - -\n\n",
    ])
    #expect(damaged.processors == nil && damaged.memory == nil)
  }

  @Test func threads() {
    func threads(_ processors: Int, _ status: String = "", _ quota: Double? = nil) -> Int {
      Machine.threads(processors: processors, status: status, quota: quota)
    }
    #expect(threads(8) == 8 && threads(0) == 1)
    #expect(threads(8, "", 1) == 1 && threads(8, "", 0.2) == 1 && threads(8, "", 1.5) == 2 && threads(8, "", 100) == 8)
    #expect(threads(8, "", 1e300) == 8)
    #expect(threads(8, "Name:\tx\nCpus_allowed:\t5\nCpus_allowed_list:\t0,2\n") == 2)
    #expect(threads(64, "Cpus_allowed:\t3,ffffffff\n") == 34 && threads(4, "Cpus_allowed:\tff\n") == 4)
    #expect(threads(8, "Cpus_allowed:\t0f\n", 3) == 3 && threads(8, "Cpus_allowed:\tnone\n") == 8)
  }
}
