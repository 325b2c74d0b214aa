/// A stream in which numbers stand for what is missing: NaN.
public struct ImputedStream: DataStream {
  private var stream: any DataStream
  /// What stands for a missing value of each column.
  private let substitutes: [Double]
  private let takesEmptyRows: Bool

  /// Where the data come from, for messages.
  public var name: String { stream.name }
  /// N, where it is known before the end.
  public var count: Int? { stream.count }
  /// D, the values of each.
  public var dataSize: Int { stream.dataSize }
  /// The shape of the data as images, where they are images.
  public var imageShape: ImageShape? { stream.imageShape }
  /// How values are stored.
  public var storedType: StoredType { stream.storedType }
  /// Whether values are grey levels, and which of them is white.
  public var whiteLevel: WhiteLevel { stream.whiteLevel }
  /// The columns, of a table.
  public var columns: DataColumns? { stream.columns }

  /// A stream with a number `[D]` for the missing values of each column.
  ///
  /// - Parameters:
  ///   - stream: the stream.
  ///   - substitutes: the numbers.
  ///   - takesEmptyRows: whether a row of several values may lack all of them. Else it is an error: made of nothing but
  ///     means, it would be a datum that nobody has observed, as are the rows of separators that spreadsheets leave behind.
  public init(_ stream: any DataStream, substitutes: [Double], takesEmptyRows: Bool = true) {
    precondition(substitutes.count == stream.dataSize, "\(substitutes.count) numbers for \(stream.dataSize) columns")
    self.stream = stream
    self.substitutes = substitutes
    self.takesEmptyRows = takesEmptyRows || stream.dataSize == 1
  }

  /// The next data; throws where the stream does, and at a row that lacks all of its values where none may.
  public mutating func next(_ count: Int) throws(VAEError) -> Dataset {
    try stream.next(count).imputed(by: substitutes, takesEmptyRows: takesEmptyRows)
  }

  /// The means of a stream's columns over the values that are there, from a pass over all of it. By a schema, of categories
  /// it is the most frequent one, and of whole numbers and dates the nearest to the mean.
  ///
  /// - Throws: where it cannot be read, there are no data, or a column's mean is no finite number.
  public static func means(of stream: any DataStream) throws(VAEError) -> [Double] {
    var stream = stream
    let summary = try DataSummary(&stream)
    guard summary.count > 0 else {
      throw VAEError(.data, "\(stream.name) holds no data, whose means could stand for what is missing.")
    }
    let schema = stream.columns?.schema
    let means = summary.columns.enumerated().map { schema?.columns[$0].substitute(mean: $1.mean) ?? $1.mean }
    if let column = means.firstIndex(where: { !Float($0).isFinite }) {
      let number = stream.columns?.number(column) ?? column + 1
      let title = CellPlace.column(number - 1, stream.columnNames?[column])
      throw VAEError(
        .data, "In \(stream.name), \(title) has no finite mean: leave the column out.",
        remedy: .leaveOutColumn(String(number)))
    }
    return means
  }
}

extension Dataset {
  /// The same with a number `[D]` for the missing values of each column; throws as ``ImputedStream`` does.
  package func imputed(by substitutes: [Double], takesEmptyRows: Bool) throws(VAEError) -> Dataset {
    if !takesEmptyRows, let index = firstEmptyRow {
      throw VAEError(
        .data,
        "\(place(of: index, column: 0).row): \(Gaps.nothingKnown)")
    }
    return replacing(values: values.replacingNaN { substitutes[$0 % dataSize] }, whiteLevel: whiteLevel)
  }

  /// The first datum all of whose values are missing.
  fileprivate var firstEmptyRow: Int? {
    guard bounds == nil, storedType != .uint8 else { return nil }
    return (0..<count).first { row in (0..<dataSize).allSatisfy { values[row * dataSize + $0].isNaN } }
  }
}
