import VAECore

/// How well a classifier tells the held-out rows' classes apart.
public struct ClassifierScores: Sendable, Encodable {
  enum CodingKeys: String, CodingKey {
    case areaUnderCurve = "area_under_curve"
    case f1OfRarest = "f1_of_rarest"
    case macroF1 = "macro_f1"
  }

  /// The area under the ROC curve: of two classes, of the rarer one; of more, the mean over each against the rest. Nil where
  /// the rows are all of one class.
  public let areaUnderCurve: Double?
  /// F1 = 2·TP/(2·TP + FP + FN) of the rarest class.
  public let f1OfRarest: Double
  /// The mean F1 of the classes that rows have, or are taken for.
  public let macroF1: Double

  /// Of rows by the places of their classes and by their scores, the larger the likelier: of each class of several, or of the
  /// rarer of two, which is the likelier one above 0. A place that is that of no class is one that no classifier knows.
  init(scores: [[Double]], classes: Int, rarest: Int, truth: [Int]) throws(VAEError) {
    let areas = try scores.indices.map { place throws(VAEError) -> Double? in
      let label = classes == 2 ? rarest : place
      let isPositive = truth.map { $0 == label }
      guard isPositive.contains(true) && isPositive.contains(false) else { return nil }
      return try ROC.areaUnderCurve(scores[place], isPositive: isPositive)
    }
    areaUnderCurve = areas.meanOfPresent
    let predicted = truth.indices.map { row in
      if classes == 2 { return scores[0][row] > 0 ? rarest : 1 - rarest }
      // The first of equal ones, as NumPy's argmax.
      return scores.indices.reduce(0) { scores[$1][row] > scores[$0][row] ? $1 : $0 }
    }
    f1OfRarest = Self.f1(rarest, truth, predicted)
    let labels = Set(truth).union(predicted)
    macroF1 = labels.sorted().reduce(0) { $0 + Self.f1($1, truth, predicted) } / Double(labels.count)
  }

  /// 0 where no row has the class, nor is taken for it.
  private static func f1(_ label: Int, _ truth: [Int], _ predicted: [Int]) -> Double {
    let both = zip(truth, predicted).count { $0 == label && $1 == label }
    let either = truth.count { $0 == label } + predicted.count { $0 == label }
    return either == 0 ? 0 : 2 * Double(both) / Double(either)
  }
}
