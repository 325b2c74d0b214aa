import CPNG
import VAECore

/// A grey picture, a byte per pixel, row by row.
public struct GreyImage: Equatable, Sendable {
  /// Pixels from left to right.
  public let width: Int
  /// Pixels from top to bottom.
  public let height: Int
  /// 0 is black, 255 white.
  public var pixels: [UInt8]

  /// A picture of one grey.
  public init(width: Int, height: Int, grey: UInt8 = 0) {
    precondition(width > 0 && height > 0, "a picture of \(width) × \(height) pixels")
    self.width = width
    self.height = height
    pixels = Array(repeating: grey, count: width * height)
  }

  /// Writes the picture as PNG; where that fails, what was at `path` stays.
  public func writePNG(to path: String) throws(VAEError) {
    var image = vae_png_image()
    image.width = png_uint_32(width)
    image.height = png_uint_32(height)
    image.format = png_uint_32(PNG_FORMAT_GRAY)
    var size = 0
    var bytes: [UInt8] = []
    // First the size, then the file.
    var done = png_image_write_to_memory(&image, nil, &size, 0, pixels, 0, nil)
    if done != 0 {
      bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        done = png_image_write_to_memory(&image, buffer.baseAddress, &size, 0, pixels, 0, nil)
        count = done == 0 ? 0 : size
      }
    }
    guard done != 0 else {
      let message = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      throw VAEError(.file, "\(path): the picture cannot be encoded: \(message).")
    }
    try AtomicFile.write(to: path) { writer throws(VAEError) in try writer.write(bytes) }
  }
}
