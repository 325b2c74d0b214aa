import CPeaks
import VAECore

/// What some threads of this machine can do at best, to compare with what is measured in turn with it.
final class Ceiling {
  enum Kind: String, Encodable {
    case float32, float64, bfloat16
    /// Copying large arrays.
    case memory
  }

  let kind: Kind
  let threads: Int
  /// By what it was found.
  let means: String
  private let body: () -> Double
  /// Everything that was measured, in GFLOP/s or GB/s.
  private(set) var readings: [Double] = []

  init(_ kind: Kind, _ team: ThreadTeam) {
    self.kind = kind
    threads = team.threads
    switch kind {
    case .memory:
      let copy = MemoryCopy(team)
      (means, body) = ("copying", copy.measure)
    case .float32: (means, body) = Self.registers(PEAK_FLOAT32, team)
    case .float64: (means, body) = Self.registers(PEAK_FLOAT64, team)
    case .bfloat16: (means, body) = Self.registers(PEAK_BFLOAT16, team)
    }
  }

  /// Measures once more.
  func measure() -> Double {
    readings.append(body())
    return readings.last!
  }

  /// Arithmetic that never leaves the registers, in GFLOP/s.
  private static func registers(_ type: peak_type, _ team: ThreadTeam) -> (String, () -> Double) {
    let kernel = peak_kernel_for(type)
    // Some milliseconds on a fast core.
    let rounds = Int(4e8 / kernel.operations)
    return (
      String(cString: kernel.instructions),
      {
        // Threads that sleep wake up.
        team.run(team.threads, Rounds(kernel: kernel, count: rounds / 16))
        let time = seconds { team.run(team.threads, Rounds(kernel: kernel, count: rounds)) }
        return kernel.operations * Double(rounds * team.threads) / time * 1e-9
      }
    )
  }

  private struct Rounds: TeamTask {
    let kernel: peak_kernel
    let count: Int

    func run(worker: Int, index: Int) { _ = kernel.run(count) }
  }
}
