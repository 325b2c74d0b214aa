/// The height and width of images whose rows of pixels follow one another in a datum.
public struct ImageShape: Hashable, Sendable, Codable {
  /// Pixels from top to bottom.
  public var height: Int
  /// Pixels from left to right.
  public var width: Int

  /// An image shape in pixels.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}

extension ImageShape: CustomStringConvertible {
  /// "28 × 28 pixels"
  public var description: String { "\(height) × \(width) pixels" }
}

extension ImageShape? {
  /// What a datum of so many values is: "28 × 28 pixels", or "5 values" where it is no image.
  package func text(ofDataSize dataSize: Int) -> String {
    map { "\($0)" } ?? "\(dataSize) value\(dataSize == 1 ? "" : "s")"
  }
}
