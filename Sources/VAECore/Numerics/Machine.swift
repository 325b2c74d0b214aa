import Foundation

/// What this process may use of the machine: less than there is, in a container or under a limit.
package enum Machine {
  /// The threads that the process can run at once: its processors by its affinity, and no more than its control group's
  /// share of time keeps busy.
  package static let threads = threads(
    processors: ProcessInfo.processInfo.activeProcessorCount,
    status: (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? "", quota: group.processors)

  /// Of a number of processors, those that `/proc/self/status` allows the process, and no more than a quota of their time,
  /// of which a fraction counts as a whole one; at least one.
  package static func threads(processors: Int, status: String, quota: Double?) -> Int {
    // "Cpus_allowed: 3,ffffffff", a bit for each, in hexadecimal digits
    let mask = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }?.drop { $0 != ":" } ?? ""
    let digits = mask.dropFirst().filter { $0 != "," && !$0.isWhitespace }.map(\.hexDigitValue)
    let allowed = digits.contains(nil) ? 0 : digits.reduce(0) { $0 + ($1?.nonzeroBitCount ?? 0) }
    return max(
      1, min(processors, allowed > 0 ? allowed : .max, quota.flatMap { Int(exactly: $0.rounded(.up)) } ?? .max))
  }

  /// The bytes that the process can have: the machine's memory, or less by its control group's limit or by what the limit
  /// of its address space (RLIMIT_AS, `ulimit -v`) leaves.
  package static var memory: Int {
    min(
      Int(clamping: ProcessInfo.processInfo.physicalMemory), group.memory ?? .max, addressSpaceLeft ?? .max)
  }

  private static let group = ControlGroup()

  /// Throws where nothing can be computed: the environment variable VAECORE_SIMD names kernels that there are not, or
  /// OpenBLAS cannot have its memory for one thread.
  package static func checkKernels() throws(VAEError) {
    try VectorLevel.check()
    try BLAS.checkMemory(threads: 1)
  }

  /// The bytes that the process can still map; nil where that has no limit.
  static var addressSpaceLeft: Int? {
    guard let limit = addressSpaceLimit else { return nil }
    return max(0, limit - mappedBytes)
  }

  /// RLIMIT_AS; nil where there is none.
  package static var addressSpaceLimit: Int? {
    var limit = rlimit()
    guard getrlimit(addressSpace, &limit) == 0, limit.rlim_cur < rlim_t(Int.max) else { return nil }
    return Int(limit.rlim_cur)
  }

  private static var mappedBytes: Int {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ").first
    return (pages.flatMap { Int($0) } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  #if os(Linux)
    private static let addressSpace = __rlimit_resource_t(RLIMIT_AS.rawValue)
  #else
    private static let addressSpace = RLIMIT_AS
  #endif
}

/// Refuses what does not fit into memory before it is allocated.
package enum MemoryLimit {
  package static func check(
    _ what: String, _ bytes: Int, remedy: String, available: Int = Machine.memory
  ) throws(VAEError) {
    if bytes <= available { return }
    let need = bytes == .max ? "more bytes than can be counted" : "\(bytes) bytes"
    throw VAEError(.configuration, "\(what) need \(need); this process may have \(available): \(remedy).")
  }
}
