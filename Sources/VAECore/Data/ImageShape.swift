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
