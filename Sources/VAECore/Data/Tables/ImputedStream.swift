/// A stream in which numbers stand for what is missing: NaN.
public struct ImputedStream: DataStream {
  private var stream: any DataStream
  /// What stands for a missing value of each column.
  private let substitutes: [Float]

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
  /// The names of the values of a datum, where they have names.
  public var columnNames: [String]? { stream.columnNames }

  /// A stream with a number `[D]` for the missing values of each column.
  public init(_ stream: any DataStream, substitutes: [Float]) {
    precondition(substitutes.count == stream.dataSize, "\(substitutes.count) numbers for \(stream.dataSize) columns")
    self.stream = stream
    self.substitutes = substitutes
  }

  /// The next data; throws where the stream does.
  public mutating func next(_ count: Int) throws(VAEError) -> Dataset {
    let data = try stream.next(count)
    return data.replacing(
      values: data.values.replacingNaN { Double(substitutes[$0 % dataSize]) }, whiteLevel: data.whiteLevel)
  }

  /// The means of a stream's columns over the values that are there, from a pass over all of it.
  ///
  /// - Throws: where it cannot be read, there are no data, or a column's mean is no finite number.
  public static func means(of stream: any DataStream) throws(VAEError) -> [Float] {
    var stream = stream
    let summary = try DataSummary(&stream)
    guard summary.count > 0 else {
      throw VAEError(.data, "\(stream.name) holds no data, whose means could stand for what is missing.")
    }
    let means = summary.columns.map { Float($0.mean) }
    if let column = means.firstIndex(where: { !$0.isFinite }) {
      let title = CellPlace.column(column, stream.columnNames?[column])
      throw VAEError(
        .data, "In \(stream.name), \(title) has no finite mean: leave the column out.",
        remedy: .leaveOutColumn(column + 1))
    }
    return means
  }
}
