import Testing
import VAECore
import VAEFiles

/// Where each image's pixels lie in a picture of several.
struct ImageGridTests {
  private let gap = 2
  private let background: UInt8 = 64

  /// Images of one pixel, drawn 56 pixels wide.
  private func grid(_ values: [Double], columns: Int) -> GreyImage {
    GreyImage(
      grid: Matrix(rows: values.count, columns: 1, elements: values), shape: ImageShape(height: 1, width: 1),
      columns: columns)
  }

  private func pixel(_ image: GreyImage, _ x: Int, _ y: Int) -> UInt8 { image.pixels[y * image.width + x] }

  @Test func imagesFollowRowByRow() {
    let image = grid([0, 0.2, 0.4, 0.6, 0.8], columns: 3)
    let cell = 56 + gap
    #expect(image.width == 3 * cell + gap && image.height == 2 * cell + gap)
    for (index, value) in [0, 51, 102, 153, 204].enumerated() {
      let (left, top) = (gap + index % 3 * cell, gap + index / 3 * cell)
      for (x, y) in [(0, 0), (55, 0), (0, 55), (55, 55), (30, 20)] {
        #expect(Int(pixel(image, left + x, top + y)) == value)
      }
      #expect(pixel(image, left - 1, top) == background && pixel(image, left, top - 1) == background)
      #expect(pixel(image, left + 56, top) == background && pixel(image, left, top + 56) == background)
    }
    // The last place stays empty.
    #expect(pixel(image, gap + 2 * cell, gap + cell) == background)
  }

  @Test func pixelsKeepTheirPlace() {
    // Zoomed by 28: two pixels high, one wide.
    let images = Matrix<Float>(rows: 1, columns: 2, elements: [1, 0])
    let image = GreyImage(grid: images, shape: ImageShape(height: 2, width: 1), columns: 5)
    #expect(image.width == 28 + 2 * gap && image.height == 56 + 2 * gap)
    #expect(pixel(image, gap, gap) == 255 && pixel(image, gap + 27, gap + 27) == 255)
    #expect(pixel(image, gap, gap + 28) == 0 && pixel(image, gap + 27, gap + 55) == 0)
  }

  @Test func largeImagesAreNotEnlarged() {
    let side = 60
    let values = (0..<side * side).map { Float($0 % 256) / 255 }
    let image = GreyImage(
      grid: Matrix(rows: 1, columns: side * side, elements: values), shape: ImageShape(height: side, width: side),
      columns: 1)
    #expect(image.width == side + 2 * gap && image.height == side + 2 * gap)
    for (y, x) in [(0, 0), (0, 59), (59, 0), (17, 42)] {
      #expect(Int(pixel(image, gap + x, gap + y)) == (y * side + x) % 256)
    }
  }

  /// What lies outside is cut off, and what is no number is black.
  @Test func valuesOutside() {
    let image = grid([-1, 2, -.infinity, .infinity, .nan, 1e300, 0.5], columns: 7)
    let pixels = (0..<7).map { pixel(image, gap + $0 * (56 + gap), gap) }
    #expect(pixels == [0, 255, 0, 255, 0, 255, 128])
  }

  @Test func comparisonPutsReconstructionsBelow() {
    let originals = Matrix<Float>(rows: 5, columns: 1, elements: [0.2, 0.4, 0.6, 0.8, 1])
    let reconstructions = Matrix<Float>(rows: 5, columns: 1, elements: [0.21, 0.41, 0.61, 0.81, 0.99])
    let image = GreyImage.comparison(
      originals, reconstructions, shape: ImageShape(height: 1, width: 1), columns: 3)
    // Two pairs of rows; black fills the second pair's last place.
    let expected = grid([0.2, 0.4, 0.6, 0.21, 0.41, 0.61, 0.8, 1, 0, 0.81, 0.99, 0], columns: 3)
    #expect(image.width == expected.width && image.height == expected.height)
    #expect(zip(image.pixels, expected.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
  }

  @Test func comparisonIsNoWiderThanItsImages() {
    let one = Matrix<Float>(rows: 2, columns: 1, elements: [0, 1])
    let image = GreyImage.comparison(one, one, shape: ImageShape(height: 1, width: 1), columns: 8)
    #expect(image == grid([0, 1, 0, 1], columns: 2))
  }
}
