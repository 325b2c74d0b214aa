extension VariationalAutoencoder {
  /// The condition `[range.count, C]` of some data of a set, as the model takes it; nil where the model takes none.
  ///
  /// - Throws: where the set has none that the model takes.
  public func condition(of data: Dataset, _ range: Range<Int>) throws(VAEError) -> Matrix<Element>? {
    if configuration.conditionSize == 0 { return nil }
    guard let condition = data.condition else {
      throw VAEError(
        .data,
        "\(data.name) has no condition, and the model takes one of \(configuration.conditionSize) values: give the data "
          + "theirs.")
    }
    return try matching(condition).rows(range)
  }

  /// A condition as the model takes it: of labels, with the model's classes.
  ///
  /// - Throws: where it is none that the model takes.
  public func matching(_ condition: Condition) throws(VAEError) -> Condition {
    try matcher.matching(condition)
  }

  /// The classes that the model knows for labels, in its order; nil where its condition are numbers.
  public var conditionClasses: [Int]? { schema?.classes }

  /// Traps where a condition of some rows is missing, not the model's, or of other rows.
  package func requireFit(_ condition: Matrix<Element>?, rows: Int) {
    precondition(
      (condition?.rows ?? rows) == rows && (condition?.columns ?? 0) == configuration.conditionSize,
      "\(condition.map { "a condition [\($0.rows), \($0.columns)]" } ?? "no condition") for \(rows) rows of a model that "
        + "takes [\(rows), \(configuration.conditionSize)]")
  }
}
