import VAECore

/// What is to be predicted, and from what: training, synthetic and held-out rows with their classes.
package struct ClassifierProblem: Sendable {
  /// A class: its name, and its place among the target's texts.
  struct Class: Sendable {
    let name: String
    let level: Int32
  }

  private let tables: MatchedTables
  private let targets: [[Int32]]
  let features: ClassifierFeatures
  let classes: [Class]
  /// The place of the class that the fewest training rows have; the first of equal ones.
  let rarest: Int

  init(_ tables: MatchedTables, target: String) throws(VAEError) {
    guard let place = tables.columns.firstIndex(where: { $0.name == target }) else {
      throw VAEError(.data, "There is no column \(target) to predict.")
    }
    guard case .texts(let levels, let targets) = tables.columns[place].values else {
      throw VAEError(.data, "Column \(target) has numbers: classes are to be predicted, a column of texts.")
    }
    let counts = ColumnSimilarity.counts(targets[0], levels.count)
    let occurring = levels.indices.filter { counts[$0] > 0 }.sorted { levels[$0] < levels[$1] }
    guard occurring.count > 1 else {
      throw VAEError(
        .data,
        "Column \(target) has \(occurring.count == 0 ? "no text" : "one text only") in the training rows: "
          + "to predict it, there must be two.")
    }
    for (name, rows) in zip(["training", "synthetic", "held-out"], targets) where !rows.contains(where: { $0 >= 0 }) {
      throw VAEError(.data, "No \(name) row has a text in column \(target).")
    }
    self.tables = tables
    self.targets = targets
    classes = occurring.map { Class(name: levels[$0], level: Int32($0)) }
    rarest = occurring.indices.min { counts[occurring[$0]] < counts[occurring[$1]] }!
    features = try ClassifierFeatures(tables, target: place)
  }

  /// The rows of a table that have a target.
  func rows(of table: Int) -> [Int] { targets[table].indices.filter { targets[table][$0] >= 0 } }

  /// A classifier of each class against the rest, or of the rarer of two, fitted to a table.
  func fit(to table: Int) throws(VAEError) -> [LogisticRegression] {
    let rows = rows(of: table)
    return try (classes.count == 2 ? [classes[rarest]] : classes).map { some throws(VAEError) in
      try LogisticRegression(
        features, tables, table: table, rows: rows, isPositive: rows.map { targets[table][$0] == some.level })
    }
  }

  /// How well classifiers tell the held-out rows' classes apart.
  func scores(of classifiers: [LogisticRegression]) throws(VAEError) -> ClassifierScores {
    let rows = rows(of: 2)
    let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1.level, $0) })
    return try ClassifierScores(
      scores: classifiers.map { $0.scores(features, tables, table: 2, rows: rows) }, classes: classes.count,
      rarest: rarest, truth: rows.map { places[targets[2][$0]] ?? classes.count })
  }
}

extension ClassifierProblem {
  /// A problem of tables that were not matched yet.
  package init(
    of target: String, training: ComparedTable, synthetic: ComparedTable, heldOut: ComparedTable
  ) throws(VAEError) {
    try self.init(
      try MatchedTables([("training rows", training), ("synthetic rows", synthetic), ("held-out rows", heldOut)]),
      target: target)
  }

  /// The classifiers fitted to the training rows, or to the synthetic ones: class, intercept and coefficients by name.
  package func coefficients(
    synthetic: Bool
  ) throws(VAEError) -> [(name: String, intercept: Double, coefficients: [String: Double])] {
    let fitted = try fit(to: synthetic ? 1 : 0)
    return zip(classes.count == 2 ? [classes[rarest]] : classes, fitted).map { some, classifier in
      let coefficients = zip(features.names, classifier.coefficients)
      return (some.name, classifier.intercept, Dictionary(uniqueKeysWithValues: coefficients))
    }
  }

  /// What the features are called.
  package var featureNames: [String] { features.names }

  /// The held-out rows as the classifiers take them, each with 1 behind its features.
  package var heldOutFeatures: [[Double]] {
    let rows = rows(of: 2)
    var all: [[Double]] = []
    features.forEachBlock(of: rows, tables, table: 2) { x, _ in
      all += (0..<x.rows).map { row in (0..<x.columns).map { x[row, $0] } }
    }
    return all
  }
}
