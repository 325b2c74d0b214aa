/// What stored numbers stand for: themselves, or grey levels from 0, which is black, to the one that is white.
///
/// It is decided once, for the data that a model is trained on, and belongs to the model's ``DataSchema`` from then on. Of a
/// grey level, models see level/white, from 0 to 1.
public enum WhiteLevel: Hashable, Sendable {
  /// Nobody has said. Images of bytes in which there is more than 0 and 1 are then grey levels up to 255, for a model that
  /// has no data of its own yet; all else is numbers.
  case undecided
  /// Numbers are what they are.
  case none
  /// Grey levels, of which this one is white: 255 of bytes, as a rule.
  case value(Int)

  /// What a stored number is divided by.
  public var divisor: Double {
    switch self {
    case .undecided, .none: 1
    case .value(let white): Double(white)
    }
  }

  /// The level that is white; nil where numbers are what they are.
  public var value: Int? {
    switch self {
    case .undecided, .none: nil
    case .value(let white): white
    }
  }

  /// The level of white, or numbers as they are where it is nil.
  public init(_ value: Int?) { self = value.map { .value($0) } ?? .none }

  /// What bytes are that nobody has said anything about.
  static func of(bytes: some Sequence<UInt8>, areImages: Bool) -> WhiteLevel {
    areImages && bytes.contains { $0 > 1 } ? .value(255) : .none
  }
}

extension WhiteLevel: CustomStringConvertible {
  /// "grey levels from 0 to 255", "numbers"
  public var description: String {
    switch self {
    case .undecided, .none: "numbers"
    case .value(let white): "grey levels from 0 to \(white)"
    }
  }
}

extension DataSource {
  /// The same data, whose stored numbers stand for what is said.
  public func with(_ whiteLevel: WhiteLevel) -> any DataSource {
    if whiteLevel == self.whiteLevel { return self }
    guard let dataset = self as? Dataset else { return AnnotatedSource(self, whiteLevel: whiteLevel) }
    return dataset.with(whiteLevel)
  }

  /// What the values are taken for: what is said of them, or else what data in memory appear to be.
  var apparentWhiteLevel: WhiteLevel { (self as? Dataset)?.assumedWhiteLevel ?? whiteLevel }

  /// The same data with ``whiteLevel`` decided: what it is already, or what a look at them says.
  ///
  /// - Throws: where they cannot be read.
  public func decidingWhiteLevel() throws(VAEError) -> any DataSource {
    guard whiteLevel == .undecided else { return self }
    if let dataset = self as? Dataset { return dataset.decidingWhiteLevel() }
    guard storedType == .uint8, imageShape != nil else { return with(.none) }
    var level = WhiteLevel.none
    for first in stride(from: 0, to: count, by: chunkSize) where level == .none {
      let chunk = try read(first..<min(first + chunkSize, count))
      if case .bytes(let bytes) = chunk.values { level = .of(bytes: bytes, areImages: true) }
    }
    return with(level)
  }
}

extension Dataset {
  /// The same data, whose stored numbers stand for what is said.
  public func with(_ whiteLevel: WhiteLevel) -> Dataset {
    whiteLevel == self.whiteLevel ? self : replacing(values: values, whiteLevel: whiteLevel)
  }

  /// Throws where a value is no grey level between black and white.
  func checkLevels() throws(VAEError) {
    guard let white = assumedWhiteLevel.value else { return }
    let levels = 0...Float(1)
    if let bounds, levels.contains(bounds.lowerBound), levels.contains(bounds.upperBound) { return }
    try forEachDatum(as: Float.self) { (index, values) throws(VAEError) in
      guard let place = values.firstIndex(where: { !$0.isNaN && !levels.contains($0) }) else { return }
      throw VAEError(
        .data,
        "\(self.place(of: index, column: place - values.startIndex)): the value is \(values[place] * Float(white)), and grey "
          + "levels go from 0 to \(white), which is white: say what is white in these data.", remedy: .sayWhiteLevel)
    }
  }

  /// What all values say that they stand for, where nobody has said it.
  private var levelOfAllValues: WhiteLevel {
    guard whiteLevel == .undecided else { return whiteLevel }
    guard case .bytes(let bytes) = values else { return .none }
    return .of(bytes: bytes, areImages: imageShape != nil)
  }

  func decidingWhiteLevel() -> Dataset { with(levelOfAllValues) }

  /// The same with an assumption about what its values stand for, which a model's knowledge overrules.
  func assumingWhiteLevel() -> Dataset {
    replacing(values: values, whiteLevel: whiteLevel, assuming: levelOfAllValues)
  }
}

/// A stream with its ``WhiteLevel`` decided, by its first data where nobody has said.
public struct LevelledStream: DataStream {
  private var stream: any DataStream
  /// The first data, which were looked at.
  private var ahead: Dataset?
  /// Whether the first data were found to be images of 0 and 1.
  private let foundBinary: Bool

  /// Whether values are grey levels, and which of them is white.
  public let whiteLevel: WhiteLevel
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
  /// The columns, of a table.
  public var columns: DataColumns? { stream.columns }

  /// A stream whose stored numbers stand for what is said.
  ///
  /// - Throws: where it has to be read to decide, and cannot be.
  public init(_ stream: any DataStream, _ whiteLevel: WhiteLevel = .undecided) throws(VAEError) {
    self.stream = stream
    let isOpen = whiteLevel == .undecided && stream.whiteLevel == .undecided
    guard isOpen, stream.storedType == .uint8, stream.imageShape != nil else {
      foundBinary = false
      self.whiteLevel = isOpen ? .none : whiteLevel == .undecided ? stream.whiteLevel : whiteLevel
      return
    }
    // A few at a time: most images tell at once, and more may be long in coming.
    var builder = stream.builder()
    var level = WhiteLevel.none
    while level == .none && builder.count < stream.pieceCount {
      let some = try self.stream.next(min(stream.pieceCount - builder.count, max(1, (1 << 14) / stream.dataSize)))
      if some.count == 0 { break }
      if case .bytes(let bytes) = some.values { level = .of(bytes: bytes, areImages: true) }
      builder.append(some)
    }
    ahead = builder.dataset(from: [0..<builder.count])
    self.whiteLevel = level
    foundBinary = level == .none
  }

  /// The next data; throws where the stream does, and where images that were taken for binary ones are not.
  public mutating func next(_ count: Int) throws(VAEError) -> Dataset {
    var piece: Dataset
    if let ahead, ahead.count > 0 {
      let part = min(count, ahead.count)
      piece = ahead.read([0..<part])
      self.ahead = part < ahead.count ? ahead.read([part..<ahead.count]) : nil
    } else {
      ahead = nil
      piece = try stream.next(count)
    }
    if foundBinary, case .bytes(let bytes) = piece.values, let index = bytes.firstIndex(where: { $0 > 1 }) {
      throw VAEError(
        .data,
        "The first images of \(name) hold 0 and 1 alone, datum \(piece.position(of: index / dataSize)) holds "
          + "\(bytes[index]): say whether they are grey levels, and which is white.", remedy: .sayWhiteLevel)
    }
    piece = piece.with(whiteLevel)
    return piece
  }
}
