extension Likelihood {
  /// Throws where a column holds categories that the likelihood would take for numbers.
  func check(_ columns: DataColumns?, of name: String) throws(VAEError) {
    guard let columns, columns.kinds.contains(where: { !$0.isOrdered }) else { return }
    let takes = model.takesCategories(dataSize: columns.count)
    guard let index = columns.kinds.indices.first(where: { !columns.kinds[$0].isOrdered && !takes[$0] }) else { return }
    let place = CellPlace.column(columns.number(index) - 1, columns.names?[index])
    throw VAEError(
      .data,
      "\(name): \(place) holds \(columns.kinds[index].title), which the likelihood \(self.name) takes for numbers: choose one that "
        + "takes categories, or leave the column out.", remedy: .chooseLikelihood)
  }

  /// Throws where values that become 0 and 1 are none of the likelihood's data, or have been standardised before.
  func check(_ binarization: Binarization, isStandardized: Bool) throws(VAEError) {
    guard binarization.makesBinary else { return }
    guard takesBinarized else {
      throw VAEError(
        .configuration,
        "Binarisation (\(binarization.rawValue)) makes 0 and 1 of grey values, for a likelihood of such data, as bernoulli; "
          + "the likelihood is \(name): leave the values as they are, or choose bernoulli.")
    }
    guard !isStandardized else {
      throw VAEError(
        .configuration,
        "Binarisation (\(binarization.rawValue)) is of grey values from 0 to 1, which standardised data are not: choose one "
          + "of the two.")
    }
  }

  /// Throws where a datum is none that the likelihood takes, a value is not of its column's kind, or one that is to be
  /// binarised lies outside [0, 1].
  func check(_ data: Dataset, binarization: Binarization, gaps: Gaps) throws(VAEError) {
    try data.checkLevels()
    try check(data, gaps: gaps)
    try data.checkKinds()
    let domain = ValueDomain.unit
    if !binarization.makesBinary || data.bounds.map(domain.containsAll) ?? false { return }
    try data.forEachDatum(as: Float.self) { (index, values) throws(VAEError) in
      guard let place = values.firstIndex(where: { !domain.contains($0) && !(gaps.areTaken && $0.isNaN) }) else {
        return
      }
      throw VAEError(
        .data,
        "\(data.place(of: index, column: place - values.startIndex)): the value is \(values[place]); binarisation "
          + "(\(binarization.rawValue)) takes grey values from 0 to 1.")
    }
  }
}
