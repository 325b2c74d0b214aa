import ArgumentParser
import VAECore

/// Whether the data that a model makes are drawn from p(x|z), or its means.
struct ObservationOption: ParsableArguments {
  @Flag(exclusivity: .exclusive) var observation: Observation?
}

extension Observation: EnumerableFlag {
  public static func help(for value: Observation) -> ArgumentHelp? {
    switch value {
    case .draw: "Draw each datum from p(x|z)."
    case .mean: "Take the mean of p(x|z) instead of a draw; of categories the most probable."
    }
  }
}
