import Foundation
import VAECore

/// A classifier of two classes: the probability of the positive one is 1/(1 + exp(−(w·x + b))).
///
/// Fitted as scikit-learn's `LogisticRegression(C=1)`: w and b minimise
///
///     ½‖w‖² + Σ_i log(1 + exp(−y_i (w·x_i + b))),    y_i = ±1
///
/// by Newton's method, which is iteratively reweighted least squares (McCullagh and Nelder 1989): with p_i the probability of
/// row i, the gradient is Xᵀ(p − [y = 1]) + w, and the Hessian Xᵀ·diag(p(1 − p))·X + I; neither bounds b.
struct LogisticRegression: Sendable {
  /// w, for each feature.
  let coefficients: [Double]
  /// b; infinite where all rows were of one class.
  let intercept: Double

  /// Fits to some rows of a table, of which some are positive.
  ///
  /// - Throws: where the iteration does not converge.
  init(
    _ features: ClassifierFeatures, _ tables: MatchedTables, table: Int, rows: [Int], isPositive: [Bool]
  ) throws(VAEError) {
    precondition(rows.count == isPositive.count, "\(isPositive.count) classes of \(rows.count) rows")
    let positives = isPositive.count { $0 }
    if positives == 0 || positives == rows.count {
      coefficients = [Double](repeating: 0, count: features.count)
      intercept = positives == 0 ? -.infinity : .infinity
      return
    }
    let problem = Problem(features: features, tables: tables, table: table, rows: rows, isPositive: isPositive)
    var weights = [Double](repeating: 0, count: features.count + 1)
    var loss = problem.loss(weights)
    for _ in 0..<100 {
      let (gradient, step) = try problem.newtonStep(weights)
      let slope = zip(gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
      // Far from the minimum a whole step may lead upwards. Near it, rounding may.
      var length = 1.0
      var next = weights
      while true {
        next = zip(weights, step).map { $0 - length * $1 }
        let nextLoss = problem.loss(next)
        if nextLoss <= loss - 1e-4 * length * slope + 1e-12 * abs(loss) || length < 1e-6 {
          loss = nextLoss
          break
        }
        length /= 2
      }
      weights = next
      let largest = step.map(abs).max()!
      if length == 1 && largest <= 1e-9 * max(1, weights.map(abs).max()!) {
        coefficients = Array(weights.dropLast())
        intercept = weights[features.count]
        return
      }
    }
    throw VAEError(.numerics, "A classifier of \(rows.count) rows and \(features.count) features did not converge.")
  }

  /// w·x + b of some rows of a table.
  func scores(_ features: ClassifierFeatures, _ tables: MatchedTables, table: Int, rows: [Int]) -> [Double] {
    if intercept.isInfinite { return [Double](repeating: intercept, count: rows.count) }
    var scores = [Double](repeating: 0, count: rows.count)
    features.forEachBlock(of: rows, tables, table: table) { x, start in
      let products = x.products(with: coefficients + [intercept])
      for place in products.indices { scores[start + place] = products[place] }
    }
    return scores
  }
}

/// What is minimised.
private struct Problem {
  let features: ClassifierFeatures
  let tables: MatchedTables
  let table: Int
  let rows: [Int]
  let isPositive: [Bool]

  func loss(_ weights: [Double]) -> Double {
    var loss = weights.dropLast().reduce(0) { $0 + $1 * $1 } / 2
    features.forEachBlock(of: rows, tables, table: table) { x, start in
      for (place, score) in x.products(with: weights).enumerated() {
        let margin = isPositive[start + place] ? score : -score
        loss += max(0, -margin) + log1p(exp(-abs(margin)))
      }
    }
    return loss
  }

  /// The gradient g, and H⁻¹·g with the Hessian H.
  func newtonStep(_ weights: [Double]) throws(VAEError) -> (gradient: [Double], step: [Double]) {
    let size = weights.count
    var gradient = Array(weights.dropLast()) + [0]
    var hessian = Matrix<Double>(rows: size, columns: size)
    for feature in 0..<size - 1 { hessian[feature, feature] = 1 }
    let h = hessian.mutableView
    defer { withExtendedLifetime(hessian) {} }
    BLAS.withOneThread {
      features.forEachBlock(of: rows, tables, table: table) { x, start in
        var weighted = Matrix<Double>(rows: x.rows, columns: size)
        let wx = weighted.mutableView
        for (place, score) in x.products(with: weights).enumerated() {
          let probability = 1 / (1 + exp(-score))
          let residual = probability - (isPositive[start + place] ? 1 : 0)
          let weight = probability * (1 - probability)
          for feature in 0..<size {
            let value = x[place, feature]
            gradient[feature] += residual * value
            wx[place, feature] = weight * value
          }
        }
        BLAS.multiply(x.view, by: wx.view, transposingA: true, beta: 1, into: h)
        withExtendedLifetime(weighted) {}
      }
    }
    try LAPACK.factorizeCholesky(h)
    return (gradient, h.view.solve(gradient))
  }
}

extension MutableMatrixView<Double> {
  /// X·w.
  fileprivate func products(with weights: [Double]) -> [Double] {
    precondition(weights.count == columns, "\(weights.count) weights of \(shape)")
    return (0..<rows).map { row in (0..<columns).reduce(0) { $0 + self[row, $1] * weights[$1] } }
  }
}

extension MatrixView<Double> {
  /// The x of L·Lᵀ·x = b, with this L.
  fileprivate func solve(_ b: [Double]) -> [Double] {
    var x = b
    for row in 0..<rows {
      for column in 0..<row { x[row] -= self[row, column] * x[column] }
      x[row] /= self[row, row]
    }
    for row in (0..<rows).reversed() {
      x[row] /= self[row, row]
      for column in 0..<row { x[column] -= self[row, column] * x[row] }
    }
    return x
  }
}
