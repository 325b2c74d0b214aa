extension DataSource {
  /// Throws where single precision, in which a model sees numbers that are not centred first, could not tell a column's
  /// values from each other: their standard deviation is less than a few of the steps between one `Float` and the next. A
  /// look at the first data decides.
  ///
  /// - Parameter isCentred: of each column, whether the model centres and scales it, which it does in double precision.
  func checkFloatTellsApart(columnsNotIn isCentred: [Bool]) throws(VAEError) {
    if storedType.fitsInFloat || isCentred.allSatisfy(\.self) { return }
    var moments = isCentred.map { _ in RunningMoments() }
    try prefix(10_000).forEachDatum(as: Double.self) { (_, values) throws(Never) in
      for (column, value) in values.enumerated() where !isCentred[column] && value.isFinite {
        moments[column].add(value)
      }
    }
    for (column, moments) in moments.enumerated() where !isCentred[column] {
      let (spacing, deviation) = (Double(Float(moments.mean).ulp), moments.variance.squareRoot())
      guard deviation > 0, deviation < 8 * spacing else { continue }
      throw VAEError(
        .data,
        "\(CellPlace(file: name, column: columnNumber(column) - 1, columnName: columnNames?[column])): the values lie near \(moments.mean) "
          + "with a standard deviation of \(deviation), and the numbers that a model computes with are \(spacing) apart "
          + (columns?.schema == nil
            ? "there: standardise the data, or move the column to 0."
            : "there: write the column from another origin, as from its least value, or leave it out."),
        remedy: columns?.schema == nil ? .standardize : .leaveOutColumn(columns?.title(column) ?? ""))
    }
  }
}
