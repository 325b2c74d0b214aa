/// A number estimated from independent draws, without bias.
public struct Estimate: Sendable, Hashable, Codable {
  /// The mean of the draws.
  public let value: Double
  /// Its standard error.
  public let standardError: Double

  /// From independent draws, at least two, each with the wanted expectation.
  package init(_ draws: [Double]) {
    precondition(draws.count > 1, "an estimate from \(draws.count) draws")
    let count = Double(draws.count)
    let mean = draws.reduce(0, +) / count
    let squares = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    value = mean
    standardError = (squares / (count - 1) / count).squareRoot()
  }

  enum CodingKeys: String, CodingKey {
    case value
    case standardError = "standard_error"
  }
}
