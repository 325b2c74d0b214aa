import VAECore

extension GreyImage {
  /// Images side by side: the rows of `images` `[count, height · width]` fill a grid row by row, with thin gaps.
  ///
  /// Values from 0 (black) to 1 (white); what lies outside is cut off.
  public init<Element: Scalar>(grid images: Matrix<Element>, shape: ImageShape, columns: Int) {
    precondition(
      images.columns == shape.height * shape.width && images.rows > 0 && columns > 0,
      "\(images.rows) images of \(images.columns) values as \(shape), \(columns) in a row")
    let columns = min(columns, images.rows)
    let rows = (images.rows + columns - 1) / columns
    let gap = 2
    // Small images are drawn larger, so that one can see them.
    let zoom = max(1, 56 / max(shape.height, shape.width))
    let (cellWidth, cellHeight) = (shape.width * zoom + gap, shape.height * zoom + gap)
    self.init(width: columns * cellWidth + gap, height: rows * cellHeight + gap, grey: 64)
    for index in 0..<images.rows {
      let image = images.row(index)
      let left = gap + index % columns * cellWidth
      let top = gap + index / columns * cellHeight
      for y in 0..<shape.height * zoom {
        for x in 0..<shape.width * zoom {
          let value = Double(image[y / zoom * shape.width + x / zoom])
          // A model can be finite and give what is not: black.
          pixels[(top + y) * width + left + x] = value > 0 ? UInt8((min(value, 1) * 255).rounded()) : 0
        }
      }
    }
  }
}

extension GreyImage {
  /// Images above their reconstructions, in pairs of rows of `columns` images.
  public static func comparison<Element: Scalar>(
    _ originals: Matrix<Element>, _ reconstructions: Matrix<Element>, shape: ImageShape, columns: Int
  ) -> GreyImage {
    precondition(
      originals.rows == reconstructions.rows && originals.columns == reconstructions.columns && originals.rows > 0
        && columns > 0,
      "originals [\(originals.rows), \(originals.columns)] and reconstructions "
        + "[\(reconstructions.rows), \(reconstructions.columns)], \(columns) in a row")
    let columns = min(columns, originals.rows)
    var elements: [Element] = []
    var rows = 0
    for first in stride(from: 0, to: originals.rows, by: columns) {
      for images in [originals, reconstructions] {
        for index in first..<first + columns {
          // The last row may be short; black fills it, so that pairs stay above each other.
          elements += index < images.rows ? images.row(index) : Array(repeating: 0, count: images.columns)
          rows += 1
        }
      }
    }
    return GreyImage(
      grid: Matrix(rows: rows, columns: originals.columns, elements: elements), shape: shape, columns: columns)
  }
}
