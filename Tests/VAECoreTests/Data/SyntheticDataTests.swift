import Testing
import VAECore

/// The images that the library draws itself.
struct SyntheticDataTests {
  private func values(_ data: Dataset) -> [Float] { data.rows(0..<data.count, as: Float.self).elements }

  @Test func aLongerSetBeginsWithTheShorter() throws {
    let long = Dataset.synthetic(count: 50, side: 9, seed: 3)
    for count in [0, 1, 20] {
      #expect(try values(.synthetic(count: count, side: 9, seed: 3)) == values(long.prefix(count)))
    }
  }

  @Test func theSeedDetermines() {
    let data = values(.synthetic(count: 10, seed: 1))
    #expect(data == values(.synthetic(count: 10, seed: 1)))
    #expect(data != values(.synthetic(count: 10, seed: 2)))
  }

  @Test func hasItsShape() {
    let data = Dataset.synthetic(count: 3, side: 12)
    #expect(data.count == 3 && data.dataSize == 144 && data.imageShape == ImageShape(height: 12, width: 12))
  }

  /// The labels tell what there is to see: a disc is bright where its centre of mass is, a ring is not; bars are lighter
  /// than squares.
  @Test func labelsAreTheKinds() throws {
    let data = Dataset.synthetic(count: 400, side: 24)
    let labels = try #require(data.condition?.labels)
    #expect(Set(labels) == [0, 1, 2, 3] && labels.count == 400)
    #expect(try #require(Dataset.synthetic(count: 30, side: 24).condition?.labels) == Array(labels.prefix(30)))
    var weights: [Int: [Float]] = [:]
    for (position, label) in labels.enumerated() {
      let image = data.rows(position..<position + 1, as: Float.self).elements
      let weight = image.reduce(0, +)
      weights[label, default: []].append(weight)
      func centre(_ coordinate: (Int) -> Int) -> Int {
        Int((image.indices.reduce(0) { $0 + image[$1] * Float(coordinate($1)) } / weight).rounded())
      }
      let middle = image[centre { $0 / 24 } * 24 + centre { $0 % 24 }]
      if label == 0 || label == 2 { #expect(middle == 1) }
      if label == 1 { #expect(middle < 0.5) }
    }
    func mean(_ label: Int) -> Float { weights[label]!.reduce(0, +) / Float(weights[label]!.count) }
    #expect(mean(3) < 0.7 * mean(2))
  }

  /// Every image differs from every other and has black, white and something between.
  @Test func imagesAreImages() {
    let data = Dataset.synthetic(count: 200)
    let images = (0..<200).map { data.rows($0..<$0 + 1, as: Float.self).elements }
    #expect(Set(images).count == 200)
    for image in images {
      #expect(image.contains(0))
      #expect(image.contains { $0 > 0.7 })
      #expect(image.contains { $0 > 0.05 && $0 < 0.95 })
    }
    let mean = images.joined().reduce(0, +) / Float(200 * 256)
    #expect(mean > 0.05 && mean < 0.5)
  }

  private func stream(
    _ count: Int, _ shape: SyntheticStream.Shape, _ pattern: SyntheticStream.Pattern, seed: UInt64 = 5
  )
    throws -> SyntheticStream
  { try SyntheticStream(count: count, shape: shape, pattern: pattern, seed: seed) }

  @Test func aStreamOfImagesIsTheSet() throws {
    var images = try stream(20, .image(side: 9), .images)
    #expect(images.count == 20 && images.imageShape == ImageShape(height: 9, width: 9))
    let pieces = values(images.next(7)) + values(images.next(100)) + values(images.next(1))
    #expect(pieces == values(.synthetic(count: 20, side: 9, seed: 5)))
  }

  /// However it is cut, and whatever the size: all bytes are about equally frequent.
  @Test(arguments: [1, 7, 8, 784, 1001]) func noise(size: Int) throws {
    let count = 100_000 / size
    var whole = try stream(count, .vector(size), .noise)
    var cut = try stream(count + 5, .vector(size), .noise)
    let data = whole.next(count)
    #expect(data.count == count && data.dataSize == size && data.imageShape == nil && data.storedType == .uint8)
    #expect(values(data) == values(cut.next(count / 3)) + values(cut.next(count - count / 3)))
    #expect(cut.next(9).count == 5)
    var other = try stream(count, .vector(size), .noise, seed: 6)
    #expect(values(data) != values(other.next(count)))
    var frequencies = Array(repeating: 0.0, count: 256)
    for value in values(data) { frequencies[Int((value * 255).rounded())] += 1 }
    let expected = Double(count * size) / 256
    let chiSquared = frequencies.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    // 255 degrees of freedom: mean 255, deviation 22.6.
    #expect(chiSquared > 255 - 6 * 22.6 && chiSquared < 255 + 6 * 22.6, "\(chiSquared)")
  }

  @Test func refusesWhatCannotBe() {
    for (count, shape, word) in [
      (-1, SyntheticStream.Shape.vector(3), "-1 data"), (1, .vector(0), "0 values"), (1, .image(side: 0), "0 values"),
      (1, .image(side: 1 << 40), "cannot be made up"), (1 << 40, .vector(1), "cannot be made up"),
    ] {
      let error = #expect(throws: VAEError.self) { _ = try stream(count, shape, .noise) }
      #expect(error?.lacks(word) == [], "\(error?.description ?? "")")
    }
    let error = #expect(throws: VAEError.self) { _ = try stream(1, .vector(4), .images) }
    #expect(error?.lacks("side", "noise") == [])
  }
}
