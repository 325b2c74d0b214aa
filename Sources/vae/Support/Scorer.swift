import VAECore

/// What is found out about a datum.
struct ScoredDatum {
  let score: Double
  /// Whether it lies above the threshold, where there is one.
  let isAnomaly: Bool?
  /// What its columns add to the score, and the KL divergence, where that is asked for.
  let terms: (columns: [Double], kl: Double)?
  /// The values that were not expected, where they are asked for; none of data that are as they should be.
  let surprises: [Surprise]?
}

/// Scores data, piece by piece, and finds out what else is asked for.
struct Scorer<Element: Scalar> {
  let inference: Inference<Element>
  let score: VAECore.Score
  let binarization: Binarization
  let seed: UInt64
  let byColumn: Bool
  let top: Int?
  let threshold: ScoreThreshold?

  /// The data that are scored at once.
  static var pieceSize: Int { 4096 }

  func callAsFunction(_ data: Dataset) throws -> [ScoredDatum] {
    let terms =
      try byColumn
      ? inference.scoreByColumn(
        data, samples: score.samples, within: score.tolerance, binarization: binarization, seed: seed) : nil
    // (−ELBO is not summed by columns, whose sum differs by its rounding.)
    let summed = score.tolerance == nil ? nil : terms?.scores
    let scores = try summed ?? inference.score(data, by: score, binarization: binarization, seed: seed)
    let areAnomalies = scores.map { threshold?.isExceeded(by: $0) }
    // Of data that are as they should be nobody asks why.
    let explained = top == nil ? [] : scores.indices.filter { areAnomalies[$0] ?? true }
    var surprises = [[Surprise]?](repeating: top == nil ? nil : [], count: scores.count)
    if let top, !explained.isEmpty {
      let some = data.read(explained.map { $0..<$0 + 1 })
      let found = try inference.surprises(in: some, count: top, binarization: binarization, seed: seed)
      for (index, position) in explained.enumerated() { surprises[position] = found[index] }
    }
    return scores.indices.map { index in
      ScoredDatum(
        score: scores[index], isAnomaly: areAnomalies[index],
        terms: terms.map { ($0.columns.row(index), $0.kl[index]) }, surprises: surprises[index])
    }
  }
}
