/// The randomness of a row that is drawn from p(x|z): what a column draws is determined by a seed, the row's number and the
/// column's. So a longer table begins with the shorter one, whatever is drawn beside a row and on however many threads.
public struct ObservationNoise: Sendable {
  private let seed: UInt64
  private let row: UInt64
  private let firstColumn: Int

  /// The randomness of a row.
  ///
  /// - Parameters:
  ///   - seed: determines all rows.
  ///   - row: the row's number, from 0 on.
  public init(seed: UInt64, row: Int) { self.init(seed: seed, row: UInt64(row), firstColumn: 0) }

  /// The randomness of one of several draws of a row, which are as different from each other as seeds are.
  init(seed: UInt64, row: UInt64, draw: Int) {
    self.init(seed: seed &+ UInt64(draw + 1) &* 0x9e37_79b9_7f4a_7c15, row: row, firstColumn: 0)
  }

  private init(seed: UInt64, row: UInt64, firstColumn: Int) {
    (self.seed, self.row, self.firstColumn) = (seed, row, firstColumn)
  }

  /// The random numbers of a column: as many as it takes, always the same ones.
  public func numbers(column: Int) -> RandomNumbers {
    RandomNumbers(
      PhiloxGenerator(NoiseStream(seed: seed, purpose: .observation, step: firstColumn + column), position: row))
  }

  /// That of the columns from one on, counted from 0 on.
  func dropFirst(_ columns: Int) -> ObservationNoise {
    ObservationNoise(seed: seed, row: row, firstColumn: firstColumn + columns)
  }
}
