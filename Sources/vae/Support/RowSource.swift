import VAECore
import VAEFiles

/// Rows of data that a model makes, piece by piece.
protocol RowSource {
  associatedtype Element: Scalar
  /// The model, whose table's columns the rows have.
  var model: VariationalAutoencoder<Element> { get }
  /// How many there are.
  var count: Int { get }
  /// Hands out all of them, in order.
  mutating func forEachPiece<Number: Scalar>(_ body: (Matrix<Number>) throws(VAEError) -> Void) throws(VAEError)
}

extension OutputFile {
  /// Writes rows: of a table as it was written, or as numbers.
  func write<Source: RowSource>(_ source: inout Source) throws(VAEError) {
    let (model, count) = (source.model, source.count)
    guard let table = model.schema?.wholeTable else {
      let names = model.schema?.columnNames ?? (1...model.configuration.dataSize).map { "x_\($0)" }
      return try write(rows: count, columns: names) {
        (append: (Matrix<Source.Element>) throws(VAEError) -> Void) throws(VAEError) in
        try source.forEachPiece(append)
      }
    }
    guard format == .csv else {
      return try write(rows: count, columns: table.titles) {
        (append: (Matrix<Double>) throws(VAEError) -> Void) throws(VAEError) in
        try source.forEachPiece(append)
      }
    }
    let writer = RowWriter(table)
    try AtomicFile.write(to: path) { file throws(VAEError) in
      try file.write(writer.header)
      try source.forEachPiece { (piece: Matrix<Double>) throws(VAEError) in
        try file.write(writer.rows(piece.elements))
      }
    }
  }
}
