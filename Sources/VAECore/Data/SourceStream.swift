/// The data of a source, one after the other.
public struct SourceStream: DataStream {
  private let source: any DataSource
  private var position = 0

  /// Where the data come from, for messages.
  public var name: String { source.name }
  /// N
  public var count: Int? { source.count }
  /// D, the values of each.
  public var dataSize: Int { source.dataSize }
  /// The shape of the data as images, where they are images.
  public var imageShape: ImageShape? { source.imageShape }
  /// How values are stored.
  public var storedType: StoredType { source.storedType }
  /// Whether values are grey levels, and which of them is white.
  public var whiteLevel: WhiteLevel { source.whiteLevel }
  /// The columns, of a table.
  public var columns: DataColumns? { source.columns }

  /// The stream of all data of a source.
  public init(_ source: any DataSource) { self.source = source }

  /// The next data: `count` of them, or fewer, or none, at the end.
  public mutating func next(_ count: Int) throws(VAEError) -> Dataset {
    let range = position..<position + min(count, source.count - position)
    position = range.upperBound
    return try source.read(range)
  }
}
