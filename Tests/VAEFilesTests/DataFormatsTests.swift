import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// A format of another program is read as the library's own are: plain, compressed, in several files.
struct DataFormatsTests {
  /// "TILES", the number of images, their width and their height, a byte each, and the images, a byte for each pixel.
  struct Tiles: ArrayFormat {
    let name = "TILES"
    let endings = ["tiles"]
    func begins(_ start: [UInt8]) -> Bool { start.starts(with: Array("TILES".utf8)) }

    func layout(_ reader: inout some ByteReader, allowingVectors: Bool) throws(VAEError) -> ArrayLayout {
      let header = try reader.readExactly(8, "the header")
      let (count, width, height) = (Int(header[5]), Int(header[6]), Int(header[7]))
      return try ArrayLayout(
        dimensions: [count, height, width], type: .uint8, isBigEndian: true, offset: 8, path: reader.path)
    }
  }

  /// In a process of its own: what is registered is there for all.
  @Test func anotherProgramsFormat() async {
    await #expect(processExitsWith: .success) {
      try withTemporaryFolder { folder in
        func tiles(_ count: Int) -> [UInt8] {
          Array("TILES".utf8) + [UInt8(count), 3, 2] + (0..<count * 6).map { UInt8($0) }
        }
        try folder.write(tiles(4), "a.tiles")
        if (try? DataFile.open(folder.file("a.tiles"))) != nil { fatalError("a format that nobody knows") }
        DataFile.register(Tiles())
        try folder.write(try gzip(tiles(4)), "b.tiles.gz")
        for name in ["a.tiles", "b.tiles.gz"] {
          let file = try DataFile.open(folder.file(name))
          let data = try file.data.source().inMemory()
          guard file.format.hasPrefix("TILES"), data.count == 4, data.imageShape == ImageShape(height: 2, width: 3)
          else {
            fatalError("\(file.format), \(data.count)")
          }
        }
        try folder.write(tiles(4), "c.tiles")
        let both = try DataFile.open(folder.file("a.tiles") + "," + folder.file("c.tiles")).data.source()
        guard both.count == 8 else { fatalError("\(both.count) data of two files") }
        try folder.write(Array(tiles(4).dropLast()), "short.tiles")
        do {
          _ = try DataFile.open(folder.file("short.tiles")).data.source()
          fatalError("a file that is too short")
        } catch let error as VAEError where error.lacks("short.tiles") == [] {}
      }
    }
  }
}
