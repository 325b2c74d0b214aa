import Foundation

/// The threads that this process may run at once.
var availableCores: Int { max(ProcessInfo.processInfo.activeProcessorCount, 1) }

/// Refuses what does not fit into the machine's memory before it is allocated.
enum MemoryLimit {
  static func check(_ what: String, _ bytes: Int, remedy: String) throws(VAEError) {
    let available = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    if bytes <= available { return }
    let need = bytes == .max ? "more bytes than can be counted" : "\(bytes) bytes"
    throw VAEError(.configuration, "\(what) need \(need); this machine has \(available): \(remedy).")
  }
}
