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
    try Machine.checkKernels()
    return try matcher.matching(data)
  }

  /// What stands for a missing value of each column `[D]`, as far as the model knows the means of its training data:
  /// ``substitutes``, or else those by which it centres all columns.
  public var knownMeans: [Double]? {
    if let substitutes { return substitutes }
    let isCentred = configuration.likelihood.standardizes(dataSize: configuration.dataSize)
    return isCentred.allSatisfy(\.self) ? standardization?.means : nil
  }

  /// How many columns data have where they are read: D, but fewer where a model sees numbers by modes.
  var readColumnCount: Int { schema?.table?.encoding?.columns.count ?? configuration.dataSize }

  /// The same of the whole table, where columns of it are the condition.
  package var knownMeansOfWholeTable: [Double]? {
    guard let columns = schema?.conditions?.columns else { return knownMeans }
    return knownMeans.map { means in
      var whole = means
      // Of categories there is none, and what is missing of a condition is refused.
      for (column, place) in zip(columns.columns, columns.places) { whole.insert(column.mean ?? .nan, at: place) }
      return whole
    }
  }

  /// Whether the model's data are numbers that `Float` would round, which the model centres and scales, or which are a table's:
  /// what it restores in their units is then exact only in a model of `Double` (``VariationalAutoencoder/converted(to:)``).
  package var restoresDoubles: Bool {
    schema?.storedType?.fitsInFloat == false && (standardization != nil || schema?.table != nil)
  }

  /// What takes data for what the model takes them.
  var matcher: DataMatcher { DataMatcher(configuration: configuration, schema: schema) }

  /// What becomes of grey values: what is asked for, else what became of them in the model's training.
  ///
  /// - Throws: where values that become 0 and 1 are none of the model's data.
  package func binarization(_ given: Binarization?) throws(VAEError) -> Binarization {
    let binarization = given ?? schema?.binarization ?? .unchanged
    try configuration.likelihood.check(binarization, isStandardized: standardization != nil)
    return binarization
  }

  /// Throws where data are none that the model takes; see ``matching(_:)-(DataSource)``.
  public func check(_ data: some DataSource) throws(VAEError) { _ = try matching(data) }
}
