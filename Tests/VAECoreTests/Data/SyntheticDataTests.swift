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
}
