/// The receiver operating characteristic of scores that are to tell two classes apart.
public enum ROC {
  /// The area under the curve: the probability that a positive datum's score is above a negative one's, ties counting
  /// one half (Mann and Whitney's U over the number of pairs; Hanley and McNeil 1982). ½ is guessing, 1 is perfect.
  ///
  /// - Throws: where a class has no data, or a score is NaN. There must be as many scores as data.
  public static func areaUnderCurve(_ scores: [Double], isPositive: [Bool]) throws(VAEError) -> Double {
    precondition(scores.count == isPositive.count, "\(scores.count) scores of \(isPositive.count) data")
    if let index = scores.firstIndex(where: \.isNaN) {
      throw VAEError(.numerics, "Score \(index) is not a number, and has no place among the others.")
    }
    let positives = isPositive.count { $0 }
    let negatives = isPositive.count - positives
    guard positives > 0 && negatives > 0 else {
      throw VAEError(
        .data,
        "The area under the ROC curve needs data of both classes; there are \(positives) positive and "
          + "\(negatives) negative.")
    }
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    // Pairs that a positive datum wins, twice, so that ties are whole numbers.
    var wins = 0
    var below = 0
    var first = 0
    while first < order.count {
      var end = first
      while end < order.count && scores[order[end]] == scores[order[first]] { end += 1 }
      let tied = order[first..<end].count { !isPositive[$0] }
      wins += (end - first - tied) * (2 * below + tied)
      below += tied
      first = end
    }
    return Double(wins) / (2 * Double(positives) * Double(negatives))
  }
}
