extension VariationalAutoencoder {
  /// The data as the model takes them: their columns in the model's order, by name; stored numbers for what they stood for
  /// in the data that the model was trained on; labels of the model's classes. See ``DataSchema``. What values a set holds
  /// that is not in memory is checked when it is read.
  ///
  /// Everything that uses a model on data begins with this. Columns that the model does not take are left out; who wants to
  /// know asks ``DataSchema`` and ``ColumnMatch``. A condition that the model does not take does no harm.
  ///
  /// - Throws: where a column is missing or data have another size, where they are outside the likelihood's domain, or where
  ///   they have no condition, or another, than the model takes.
  public func matching(_ data: some DataSource) throws(VAEError) -> any DataSource {
    let aligned = try aligned(data)
    if let dataset = aligned as? Dataset { try configuration.likelihood.check(dataset) }
    return aligned
  }

  /// The same, without a look at the values.
  func aligned(_ data: some DataSource) throws(VAEError) -> any DataSource {
    var matched: any DataSource = data
    if let wanted = schema?.columnNames, let names = data.columnNames {
      matched = data.selecting(try ColumnMatch(wanted, in: names, of: data.name))
    }
    guard matched.dataSize == configuration.dataSize else {
      throw VAEError(
        .data,
        "The data have \(matched.dataSize) values each, the model takes \(configuration.dataSize): \(data.name).")
    }
    guard data.count > 0 else { throw VAEError(.data, "The data set is empty: \(data.name).") }
    if let schema {
      matched = matched.with(try schema.whiteLevel(of: matched))
    } else {
      matched = try matched.decidingWhiteLevel()
    }
    return try matchingCondition(of: matched)
  }

  /// What becomes of grey values: what is asked for, else what became of them in the model's training.
  ///
  /// - Throws: where values that become 0 and 1 are none of the model's data.
  func binarization(_ given: Binarization?) throws(VAEError) -> Binarization {
    let binarization = given ?? schema?.binarization ?? .none
    try configuration.likelihood.check(binarization, isStandardized: standardization != nil)
    return binarization
  }

  /// Throws where data are none that the model takes; see ``matching(_:)``.
  public func check(_ data: some DataSource) throws(VAEError) { _ = try matching(data) }
}
