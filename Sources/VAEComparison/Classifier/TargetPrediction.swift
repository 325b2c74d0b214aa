import VAECore

/// What synthetic rows are worth for training: a classifier trained on them and tested on held-out real rows, beside the same
/// one trained on real rows (train on synthetic, test on real; Esteban, Hyland and Rätsch 2017).
///
/// It is a logistic regression with a ridge penalty, scikit-learn's `LogisticRegression(C=1)`, on one-hot texts and
/// standardised numbers; levels, means and deviations are those of the real training rows for both. Of two classes it is
/// fitted to the rarer one, of more to each against the rest. A missing number counts as the mean; a missing text, or one
/// that the training rows lack, has no indicator. Rows without a target take no part.
public struct TargetPrediction: Sendable, Encodable {
  enum CodingKeys: String, CodingKey {
    case target, classes
    case rarestClass = "rarest_class"
    case rows
    case trainedOnReal = "trained_on_real"
    case trainedOnSynthetic = "trained_on_synthetic"
  }

  /// The column that is predicted.
  public let target: String
  /// The classes that real training rows have, in order.
  public let classes: [String]
  /// The one that the fewest have.
  public let rarestClass: String
  /// How many held-out rows were predicted.
  public let rows: Int
  /// By the classifier that was trained on the real training rows.
  public let trainedOnReal: ClassifierScores
  /// By the one that was trained on the synthetic rows.
  public let trainedOnSynthetic: ClassifierScores

  /// Of tables: training, synthetic and held-out rows.
  init(_ tables: MatchedTables, target: String) throws(VAEError) {
    let problem = try ClassifierProblem(tables, target: target)
    self.target = target
    classes = problem.classes.map(\.name)
    rarestClass = problem.classes[problem.rarest].name
    rows = problem.rows(of: 2).count
    trainedOnReal = try problem.scores(of: try problem.fit(to: 0))
    trainedOnSynthetic = try problem.scores(of: try problem.fit(to: 1))
  }

  /// Trains on real and on synthetic rows, and tests on held-out ones.
  ///
  /// - Parameters:
  ///   - target: the column of texts to predict.
  ///   - training: the real rows that the model was trained on.
  ///   - synthetic: the model's.
  ///   - heldOut: others of the same origin.
  /// - Throws: where the tables' columns are not the same; the target is not a column of texts, or the training rows have but
  ///   one; the features are too many; or rows with a target are missing.
  public init(of target: String, training: ComparedTable, synthetic: ComparedTable, heldOut: ComparedTable)
    throws(VAEError)
  {
    try self.init(
      try MatchedTables([("training rows", training), ("synthetic rows", synthetic), ("held-out rows", heldOut)]),
      target: target)
  }
}
