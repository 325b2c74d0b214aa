/// Data of any number that the library makes up, one after the other: for tests and benchmarks.
///
/// The seed and a datum's position determine it.
public struct SyntheticStream: DataStream {
  /// What the data look like.
  public enum Pattern: String, Sendable, CaseIterable {
    /// The images of ``Dataset/synthetic(count:side:seed:)``.
    case images
    /// Bytes that are all equally likely, made as fast as a disk writes them.
    case noise
  }

  /// The shape of a datum.
  public enum Shape: Sendable, Equatable {
    /// So many values.
    case vector(Int)
    /// A square image with so many pixels a side.
    case image(side: Int)
  }

  /// What the data are called.
  public var name: String { "synthetic" }
  /// N
  public let count: Int?
  /// D, the values of each.
  public let dataSize: Int
  /// The shape of the data as images, where they are images.
  public let imageShape: ImageShape?
  /// Values are bytes.
  public var storedType: StoredType { .uint8 }
  /// They are grey levels.
  public var whiteLevel: WhiteLevel { .value(255) }
  private let pattern: Pattern
  private let seed: UInt64
  private var position = 0

  /// A stream of `count` data.
  ///
  /// - Throws: where a datum would be empty or beyond counting, or images are asked for that have no side.
  public init(count: Int, shape: Shape, pattern: Pattern = .images, seed: UInt64 = 0) throws(VAEError) {
    switch shape {
    case .vector(let size):
      dataSize = size
      imageShape = nil
    case .image(let side):
      let (size, overflow) = side.multipliedReportingOverflow(by: side)
      dataSize = overflow ? .max : size
      imageShape = ImageShape(height: side, width: side)
    }
    guard count >= 0, count < 1 << 40, dataSize > 0, dataSize <= 1 << 30 else {
      throw VAEError(
        .configuration,
        "\(count) data of \(dataSize) values cannot be made up: up to \((1 << 40) - 1) data of 1 to \(1 << 30) values can."
      )
    }
    guard pattern == .noise || imageShape != nil else {
      throw VAEError(.configuration, "Images have a side, and these are vectors: give the side, or make up noise.")
    }
    self.count = count
    self.pattern = pattern
    self.seed = seed
  }

  /// The next data: `count` of them, or fewer, or none, at the end.
  public mutating func next(_ count: Int) -> Dataset {
    let range = position..<position + min(count, self.count! - position)
    position = range.upperBound
    switch (pattern, imageShape) {
    case (.images, let shape?): return .synthetic(range, side: shape.height, seed: seed)
    default:
      return Dataset(
        name: name, bytes: noise(range), dataSize: dataSize, imageShape: imageShape, whiteLevel: whiteLevel)
    }
  }

  private func noise(_ positions: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(positions.count * dataSize)
    for position in positions {
      var generator = PhiloxGenerator(NoiseStream(seed: seed, purpose: .synthesis), position: UInt64(position))
      for _ in 0..<dataSize / 8 {
        let word = generator.next()
        withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
      }
      let rest = dataSize % 8
      if rest > 0 { withUnsafeBytes(of: generator.next().littleEndian) { bytes.append(contentsOf: $0.prefix(rest)) } }
    }
    return bytes
  }
}
