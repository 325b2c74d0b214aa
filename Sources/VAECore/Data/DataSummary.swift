/// The range, mean and deviation of data, from one pass over them.
public struct DataSummary: Sendable {
  /// What is known of some values. Those that are not a number count as missing, and nowhere else; infinite ones have a
  /// place among the others, but no part in their mean.
  public struct Values: Sendable {
    private var moments = RunningMoments()
    /// How many are NaN.
    public private(set) var missing = 0
    /// How many are ∞ or −∞.
    public private(set) var infinite = 0
    /// The least of them; +∞ where there are none.
    public private(set) var minimum = Double.infinity
    /// The greatest of them; −∞ where there are none.
    public private(set) var maximum = -Double.infinity

    /// How many there are, without the missing.
    public var count: Int { moments.count + infinite }
    /// The mean of the finite ones; NaN where there are none.
    public var mean: Double { moments.count == 0 ? .nan : moments.mean }
    /// √(Σ (x − mean)² / n) of the finite ones, n their number; NaN where there are none.
    public var deviation: Double { moments.count == 0 ? .nan : moments.variance.squareRoot() }

    fileprivate init() {}

    fileprivate mutating func add(_ value: Double) {
      if value.isNaN {
        missing += 1
        return
      }
      if value.isFinite { moments.add(value) } else { infinite += 1 }
      minimum = min(minimum, value)
      maximum = max(maximum, value)
    }

    fileprivate mutating func add(_ other: Values) {
      moments.add(other.moments)
      missing += other.missing
      infinite += other.infinite
      minimum = min(minimum, other.minimum)
      maximum = max(maximum, other.maximum)
    }
  }

  /// N
  public private(set) var count = 0
  /// The values of each column, bytes as value/255; none where there are no data.
  public private(set) var columns: [Values]

  /// All values together.
  public var all: Values {
    var all = Values()
    for column in columns { all.add(column) }
    return all
  }

  /// Reads a stream to its end.
  ///
  /// - Throws: where it cannot be read.
  public init(_ stream: inout any DataStream, progress: (Int) -> Void = { _ in }) throws(VAEError) {
    columns = []
    while true {
      let piece = try stream.next(stream.pieceCount)
      if piece.count == 0 { return }
      // Not before there is a datum: of none, a file's header can promise any size.
      if columns.isEmpty {
        try MemoryLimit.check(
          "A summary of \(stream.dataSize) columns", stream.dataSize * MemoryLayout<Values>.stride,
          remedy: "convert them to a narrower set")
        columns = Array(repeating: Values(), count: stream.dataSize)
      }
      piece.forEachDatum(as: Double.self) { _, values in
        for (column, value) in values.enumerated() { columns[column].add(value) }
      }
      count += piece.count
      progress(count)
    }
  }
}
