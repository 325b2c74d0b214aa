import Foundation
import VAECore

/// The machine that the numbers were measured on.
struct Machine: Codable {
  let processor: String
  let cores: Int
  let memoryGiB: Double
  let system: String
  let openBLAS: String
  let openBLASCore: String
  let kernels: String

  enum CodingKeys: String, CodingKey {
    case processor, cores, system, kernels
    case memoryGiB = "memory_gib"
    case openBLAS = "openblas"
    case openBLASCore = "openblas_core"
  }

  init() {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
    processor =
      lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
      .map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
    cores = VAECore.Machine.threads
    memoryGiB = (Double(ProcessInfo.processInfo.physicalMemory) / 0x1p30 * 10).rounded() / 10
    system = ProcessInfo.processInfo.operatingSystemVersionString
    openBLAS = BLAS.configuration.trimmingCharacters(in: .whitespaces)
    openBLASCore = BLAS.coreName
    kernels = VectorLevel.current.name
  }

  var text: String {
    """
    \(processor), \(cores) cores, \(memoryGiB) GiB; \(system)
    \(openBLAS), kernels for \(openBLASCore); element-wise kernels for \(kernels)
    """
  }
}
