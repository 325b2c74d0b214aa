import CPNG
import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// Pictures as libpng reads them back.
struct PNGTests {
  private func read(_ bytes: [UInt8]) -> GreyImage? {
    var image = vae_png_image()
    guard png_image_begin_read_from_memory(&image, bytes, bytes.count) != 0 else { return nil }
    // What the file holds, before it is converted to what is asked for.
    guard image.format == png_uint_32(PNG_FORMAT_GRAY) else { return nil }
    var picture = GreyImage(width: Int(image.width), height: Int(image.height))
    guard png_image_finish_read(&image, nil, &picture.pixels, 0, nil) != 0 else { return nil }
    return picture
  }

  @Test(arguments: [(1, 1), (3, 2), (1, 300), (257, 5), (640, 480)]) func roundTrip(width: Int, height: Int) throws {
    var picture = GreyImage(width: width, height: height)
    for index in picture.pixels.indices { picture.pixels[index] = UInt8(truncatingIfNeeded: index &* 77 + index / 256) }
    try withTemporaryFolder { folder in
      try picture.writePNG(to: folder.file("picture.png"))
      #expect(read(try folder.bytes("picture.png")) == picture)
      #expect(folder.names == ["picture.png"])
    }
  }

  /// Eight bits of grey, as signature and header say.
  @Test func header() throws {
    try withTemporaryFolder { folder in
      try GreyImage(width: 300, height: 2, grey: 9).writePNG(to: folder.file("picture.png"))
      let bytes = try folder.bytes("picture.png")
      #expect(bytes[..<8] == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
      #expect(Array(bytes[12..<26]) == Array("IHDR".utf8) + [0, 0, 1, 44, 0, 0, 0, 2, 8, 0])
    }
  }

  @Test func saysWhereItCannotWrite() throws {
    try withTemporaryFolder { folder in
      let path = folder.file("missing/picture.png")
      let error = #expect(throws: VAEError.self) { try GreyImage(width: 1, height: 1).writePNG(to: path) }
      #expect(error?.kind == .file)
      #expect(error?.lacks(path) == [])
    }
  }
}
