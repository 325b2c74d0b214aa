/// Several streams as one, one behind the other, each opened once the one before has ended.
public struct ShardedStream: DataStream {
  /// Where the data come from, for messages.
  public let name: String
  private let first: DataKind
  private var current: any DataStream
  private var rest: ArraySlice<String>
  private let open: (String) throws(VAEError) -> any DataStream

  /// Unknown before the end.
  public var count: Int? { nil }
  /// D, the values of each.
  public var dataSize: Int { first.dataSize }
  /// The shape of the data as images, where they are images.
  public var imageShape: ImageShape? { first.imageShape }
  /// How values are stored.
  public var storedType: StoredType { first.storedType }
  /// Whether values are grey levels, and which of them is white.
  public var whiteLevel: WhiteLevel { first.whiteLevel }
  /// The columns, of a table, of the kinds that they have so far.
  public private(set) var columns: DataColumns?

  /// One stream of at least one, each opened by its location.
  ///
  /// - Throws: where the first cannot be opened.
  public init(
    name: String, _ locations: [String], open: @escaping (String) throws(VAEError) -> any DataStream
  ) throws(VAEError) {
    precondition(!locations.isEmpty, "no shards of \(name)")
    self.name = name
    self.open = open
    current = try open(locations[0])
    first = DataKind(current)
    columns = first.columns
    rest = locations.dropFirst()
  }

  /// The next data; throws where a stream cannot be read, or is of another kind than the first.
  public mutating func next(_ count: Int) throws(VAEError) -> Dataset {
    while true {
      let piece = try current.next(count)
      columns = columns?.joined(with: current.columns?.kinds)
      if piece.count > 0 || count == 0 { return piece }
      guard let location = rest.popFirst() else { return piece }
      current = try open(location)
      try first.check(DataKind(current))
    }
  }
}
