/// The range, mean and deviation of data, from one pass over them.
public struct DataSummary: Sendable {
  /// What is known of some values. Those that are not a number count as missing, and nowhere else.
  public struct Values: Sendable {
    /// How many there are, without the missing.
    public internal(set) var count = 0
    /// How many are NaN.
    public internal(set) var missing = 0
    /// The least of them; +∞ where there are none.
    public internal(set) var minimum = Float.infinity
    /// The greatest of them; −∞ where there are none.
    public internal(set) var maximum = -Float.infinity
    /// Their mean; NaN where there are none.
    public var mean: Double { count == 0 ? .nan : runningMean }
    /// √(Σ (x − mean)² / n), n their number; NaN where there are none.
    public var deviation: Double { count == 0 ? .nan : (squares / Double(count)).squareRoot() }

    fileprivate var runningMean = 0.0
    /// Σ (x − mean)²
    fileprivate var squares = 0.0

    /// Adds a value (Welford 1962).
    fileprivate mutating func add(_ value: Float) {
      if value.isNaN {
        missing += 1
        return
      }
      count += 1
      minimum = min(minimum, value)
      maximum = max(maximum, value)
      let difference = Double(value) - runningMean
      runningMean += difference / Double(count)
      squares += difference * (Double(value) - runningMean)
    }

    /// Adds the values of another (Chan, Golub and LeVeque 1979).
    fileprivate mutating func add(_ other: Values) {
      missing += other.missing
      guard other.count > 0 else { return }
      let total = Double(count + other.count)
      let difference = other.runningMean - runningMean
      squares += other.squares + difference * difference * Double(count) * Double(other.count) / total
      runningMean += difference * Double(other.count) / total
      count += other.count
      minimum = min(minimum, other.minimum)
      maximum = max(maximum, other.maximum)
    }
  }

  /// N
  public private(set) var count = 0
  /// The values of each column, bytes as value/255.
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
    try MemoryLimit.check(
      "A summary of \(stream.dataSize) columns",
      stream.dataSize.multipliedReportingOverflow(by: MemoryLayout<Values>.stride).overflow
        ? .max : stream.dataSize * MemoryLayout<Values>.stride, remedy: "convert them to a narrower set")
    columns = Array(repeating: Values(), count: stream.dataSize)
    let size = max(1, (1 << 22) / (stream.dataSize * stream.storedType.memorySize))
    while true {
      let piece = try stream.next(size)
      if piece.count == 0 { return }
      piece.forEachDatum { _, values in
        for (column, value) in values.enumerated() { columns[column].add(value) }
      }
      count += piece.count
      progress(count)
    }
  }
}
