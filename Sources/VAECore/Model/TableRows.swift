extension VariationalAutoencoder {
  /// Whole rows of the model's table: of data x `[R, D]` and their condition, where that is columns of the table, `[R, D + K]` in the
  /// table's order, with numbers in place of modes. Other models' data are what they are.
  public func tableRows(_ x: Matrix<Element>, _ condition: Condition?) -> Matrix<Double> {
    var rows = Matrix<Double>(rows: x.rows, columns: x.columns, elements: x.elements.map { Double($0) })
    if let encoding = schema?.table?.encoding {
      rows = Matrix(
        rows: x.rows, columns: encoding.columns.count,
        elements: (0..<x.rows).flatMap { encoding.decode(rows.row($0)) })
    }
    guard let places = schema?.conditions?.columns.places, let condition else { return rows }
    var elements: [Double] = []
    elements.reserveCapacity(rows.rows * (rows.columns + places.count))
    var row = 0
    condition.forEachRow { values in
      var whole = Array(rows.row(row))
      for (place, value) in zip(places, values) { whole.insert(value, at: place) }
      elements += whole
      row += 1
    }
    precondition(row == x.rows, "the conditions of \(row) rows for \(x.rows)")
    return Matrix(rows: x.rows, columns: rows.columns + places.count, elements: elements)
  }
}
