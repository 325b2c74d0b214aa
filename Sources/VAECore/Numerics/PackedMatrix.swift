import CBFloat16

/// A matrix of bfloat16 numbers, laid out for products: in rows, for a left factor; in panels, for a right factor or a
/// transposed left one; or both. The layouts are described in CBFloat16.h. It borrows its memory from a ``PackedMemory``.
///
/// Numbers are written piece by piece, by ``PackedMath``. Pieces of different columns write disjoint memory, and so do pieces
/// of different rows that begin at even ones.
package struct PackedMatrix {
  package let layout: PackedLayout
  fileprivate let inRows: UnsafeMutablePointer<UInt16>?
  fileprivate let inPanels: UnsafeMutablePointer<UInt32>?

  /// The panels from a column on, and from a row, which is even.
  fileprivate func panels(from column: Int, row: Int = 0) -> bf16_panels {
    guard let inPanels else { preconditionFailure("\(layout) is not in panels") }
    return bf16_panels(base: inPanels + row / 2 * PackedLayout.panel, first: column, size: layout.panelSize)
  }
}

/// Owns packed matrices, which are valid as long as it is.
package struct PackedMemory {
  private var buffers: [Buffer<Float>] = []

  package init() {}

  /// Room for one more, of zeros.
  package mutating func reserve(_ layout: PackedLayout) -> PackedMatrix {
    func reserve(_ units: Int) -> UnsafeMutableRawPointer? {
      if units == 0 { return nil }
      // A unit takes the room of a float.
      var buffer = Buffer<Float>(count: units)
      let base = UnsafeMutableRawPointer(buffer.mutableView.base)
      buffers.append(buffer)
      return base
    }
    return PackedMatrix(
      layout: layout, inRows: reserve(layout.unitsInRows)?.assumingMemoryBound(to: UInt16.self),
      inPanels: reserve(layout.unitsInPanels)?.assumingMemoryBound(to: UInt32.self))
  }
}

/// The shape of a packed matrix, and in which layouts it is.
package struct PackedLayout: CustomStringConvertible {
  /// The columns of a panel.
  package static let panel = BF16_PANEL

  package let rows: Int
  package let columns: Int
  private let isInRows: Bool
  private let isInPanels: Bool

  package init(rows: Int, columns: Int, inRows: Bool = false, inPanels: Bool = false) {
    (self.rows, self.columns, isInRows, isInPanels) = (rows, columns, inRows, inPanels)
  }

  /// The numbers from row to row: whole groups of 32, the rows of AMX's tiles.
  fileprivate var rowStride: Int { (columns + 31) / 32 * 32 }
  /// The units from panel to panel.
  fileprivate var panelSize: Int { (rows + 1) / 2 * Self.panel }

  // A product may read 16 units behind the last.
  fileprivate var unitsInRows: Int { isInRows ? rows * rowStride / 2 + 16 : 0 }
  fileprivate var unitsInPanels: Int {
    isInPanels ? (columns + Self.panel - 1) / Self.panel * panelSize + 16 : 0
  }

  /// The bytes that it takes, about; they may be beyond counting.
  var byteCount: Double {
    let (rows, columns) = (Double(rows) + 1, Double(columns))
    return 2 * rows * ((isInRows ? columns + 31 : 0) + (isInPanels ? columns + 63 : 0))
  }

  package var description: String { "[\(rows), \(columns)]" }
}

/// Packing, and products of packed matrices with sums in single precision, at a level of instructions: the only caller of
/// the kernels of CBFloat16.h. Every level computes the same bits.
package struct PackedMath {
  private let kernels: bf16_kernels

  package init(level: VectorLevel = .current) { kernels = bf16_kernels_at(level.products).pointee }

  /// Rounds x, times `scale`, to bfloat16, as the rows from `row` on and the columns from `column` on of a packed matrix; or,
  /// where it is the `rest` that is wanted, what rounding that takes away.
  package func pack(
    _ x: MatrixView<Float>, scale: Float = 1, rest: Bool = false, into packed: PackedMatrix, row: Int, column: Int = 0
  ) {
    precondition(
      row >= 0 && column >= 0 && row + x.rows <= packed.layout.rows
        && column + x.columns <= packed.layout.columns && row % 2 == 0,
      "\(x.shape) at row \(row), column \(column) of \(packed.layout)")
    var source = bf16_source(
      base: x.base, rows: x.rows, columns: x.columns, stride: x.stride, scale: scale, rest: rest)
    var target = bf16_target(
      rows: packed.inRows.map { $0 + row * packed.layout.rowStride + column }, row_stride: packed.layout.rowStride,
      panels: packed.inPanels, panel_size: packed.layout.panelSize, first_row: row, first_column: column)
    kernels.pack(&source, &target)
  }

  /// Packs 16 rows of a weight matrix W, by their indices, or as nil for zeros: as the columns from `row` on of Wᵀ and, if it
  /// is wanted, as the rows from `row` on of W.
  package func packWeights(
    _ w: MatrixView<Float>, rows index: (Int) -> Int?, transposed: PackedMatrix, packed: PackedMatrix?, row: Int
  ) {
    let columns = w.columns
    let panel = PackedLayout.panel
    precondition(
      row >= 0 && row % 16 == 0 && row < transposed.layout.columns && columns == transposed.layout.rows
        && packed.map { $0.layout.columns == columns && row + 16 <= $0.layout.rows } ?? true,
      "16 rows of \(columns) at \(row) of \(transposed.layout)ᵀ")
    guard let columnsOfTranspose = transposed.inPanels else { preconditionFailure("weights that are in no panels") }
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: 16) { rows in
      let base = w.base
      for place in 0..<16 {
        let index = index(place)
        precondition(index.map { (0..<w.rows).contains($0) } ?? true, "row \(index ?? 0) of \(w.shape)")
        rows.initializeElement(at: place, to: index.map { base + $0 * w.stride })
      }
      kernels.pack_weights(
        rows.baseAddress!, columns, columnsOfTranspose + row / panel * transposed.layout.panelSize + row % panel,
        packed.flatMap { $0.inPanels.map { $0 + row / 2 * panel } }, packed?.layout.panelSize ?? 0)
    }
  }

  /// c ← α·A·B (+ c), of some rows of A, which is in rows, and some columns of B, which is in panels and may have more rows
  /// than A has columns: they are left out.
  package func multiply(
    _ a: PackedMatrix, _ rows: Range<Int>, by b: PackedMatrix, _ columns: Range<Int>, alpha: Float = 1,
    adds: Bool = false,
    into c: MutableMatrixView<Float>
  ) {
    guard let inRows = a.inRows else { preconditionFailure("\(a.layout) is not in rows") }
    precondition(
      a.layout.columns <= b.layout.rows && rows.lowerBound >= 0 && rows.upperBound <= a.layout.rows
        && columns.lowerBound >= 0 && columns.upperBound <= b.layout.columns && c.rows == rows.count
        && c.columns == columns.count,
      "rows \(rows) of \(a.layout) by columns \(columns) of \(b.layout) into \(c.shape)")
    var sums = sums(c, alpha, adds)
    var panels = b.panels(from: columns.lowerBound)
    kernels.multiply(
      &sums, units(a.layout.columns), inRows + rows.lowerBound * a.layout.rowStride, a.layout.rowStride, &panels)
  }

  /// c ← α·Aᵀ·B (+ c), both in panels, over rows from an even one on; of some columns of A, and all of B.
  package func multiplyTransposed(
    _ a: PackedMatrix, _ columns: Range<Int>, by b: PackedMatrix, over rows: Range<Int>, alpha: Float = 1,
    adds: Bool = false, into c: MutableMatrixView<Float>
  ) {
    precondition(
      rows.lowerBound >= 0 && rows.lowerBound % 2 == 0 && rows.upperBound <= min(a.layout.rows, b.layout.rows)
        && columns.lowerBound >= 0 && columns.upperBound <= a.layout.columns && c.rows == columns.count
        && c.columns == b.layout.columns,
      "columns \(columns) of \(a.layout) by \(b.layout) over rows \(rows) into \(c.shape)")
    var sums = sums(c, alpha, adds)
    var (left, right) = (
      a.panels(from: columns.lowerBound, row: rows.lowerBound), b.panels(from: 0, row: rows.lowerBound)
    )
    kernels.multiply_transposed(&sums, units(rows.count), &left, &right)
  }

  /// sums ← Σ_rows A (+ sums), in panels, over rows from an even one on; of some columns.
  package func sumColumns(
    _ a: PackedMatrix, _ columns: Range<Int>, over rows: Range<Int>, adds: Bool, into sums: MutableMatrixView<Float>
  ) {
    precondition(
      rows.lowerBound >= 0 && rows.lowerBound % 2 == 0 && rows.upperBound <= a.layout.rows
        && columns.lowerBound >= 0 && columns.upperBound <= a.layout.columns && sums.count == columns.count
        && sums.isContiguous,
      "columns \(columns) of \(a.layout) over rows \(rows) into \(sums.shape)")
    var panels = a.panels(from: columns.lowerBound, row: rows.lowerBound)
    kernels.sum_columns(sums.base, columns.count, units(rows.count), &panels, adds)
  }

  /// The units that so many numbers of a sum are in.
  private func units(_ depth: Int) -> Int { (depth + 1) / 2 }

  private func sums(_ c: MutableMatrixView<Float>, _ alpha: Float, _ adds: Bool) -> bf16_sums {
    bf16_sums(
      base: c.base, rows: c.rows, columns: c.columns, stride: c.stride, alpha: alpha, adds: adds)
  }
}
