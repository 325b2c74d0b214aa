import Foundation
import TestSupport
import Testing
import VAECore

/// Columns of categories by their numbers.
struct CategoryTests {
  /// Few categories, one, and more than the lanes of any processor.
  static let likelihoods: [Likelihood] = [
    .category(sizes: [2]), .category(sizes: [3, 1, 70, 2]),
    .category(sizes: [2, 33], counts: [900, 0] + (0..<33).map { $0 * $0 }),
  ]

  @Test(arguments: supportedLevels, likelihoods) func againstPlainArithmetic(level: VectorLevel, likelihood: Likelihood)
  {
    let columns = [Int](settingValue: likelihood.settingValues["category_sizes"]!)!.count
    checkKernel(Double.self, likelihood, level, columns: columns, spread: 4, tolerance: 8)
    checkKernel(Float.self, likelihood, level, columns: columns, spread: 4, tolerance: 8)
  }

  /// A sure and right prediction keeps its small loss and derivative, a wrong one has a finite one.
  @Test(arguments: supportedLevels) func sureOfIt(level: VectorLevel) {
    let likelihood = Likelihood.category(sizes: [3])
    func evaluate<S: Scalar>(_ type: S.Type, _ index: Int, _ o: [Double]) -> (loss: Double, derivatives: [Double]) {
      let (losses, derivatives) = likelihood.evaluate(
        x: Matrix(rows: 1, columns: 1, elements: [S(index)]),
        outputs: Matrix(rows: 1, columns: 3, elements: o.map { S($0) }), level: level)
      return (Double(losses[0]), derivatives.elements.map { Double($0) })
    }
    for (loss, derivatives) in [evaluate(Float.self, 1, [0, 40, -3]), evaluate(Double.self, 1, [0, 40, -3])] {
      let expected = exp(-40.0) + exp(-43.0)
      #expect(abs(loss / expected - 1) < 1e-5)
      #expect(abs(derivatives[1] / -expected - 1) < 1e-5)
    }
    let far = evaluate(Float.self, 2, [0, 1e30, -1e30])
    #expect(abs(far.loss / 2e30 - 1) < 1e-6 && far.derivatives == [0, 1, -1])
  }

  /// What is no category has no term and no derivative.
  @Test(arguments: supportedLevels) func withoutAValue(level: VectorLevel) {
    let (losses, derivatives) = Likelihood.category(sizes: [2, 2]).evaluate(
      x: Matrix<Double>(rows: 3, columns: 2, elements: [.nan, 1, 2, 1, -1, 1]),
      outputs: Matrix(rows: 3, columns: 4, elements: (0..<3).flatMap { _ in [3, 4, 0, 0] }), level: level)
    for row in 0..<3 {
      #expect(abs(losses[row] - log(2)) < 1e-15 && derivatives.row(row) == [0, 0, 0.5, -0.5])
    }
  }

  /// A model of numbers of categories is that of the same categories one-hot: losses, gradients and codes, with a condition
  /// and in mixed precision.
  @Test(arguments: [0, 3], [Objective.evidenceLowerBound(), .importanceWeightedBound()])
  func isTheOneHotModel(conditionSize: Int, objective: Objective) throws {
    let sizes = [3, 4, 2]
    func model<S: Scalar>(_ likelihood: Likelihood, _ size: Int) throws -> VariationalAutoencoder<S> {
      try randomModel(
        ModelConfiguration(
          dataSize: size, encoderHidden: [7], latentSize: 2, conditionSize: conditionSize, likelihood: likelihood)
      ).converted()
    }
    let indices: Matrix<Double> = Likelihood.category(sizes: sizes).exampleData(rows: 40, columns: 3)
    let ones = Matrix<Double>(
      rows: 40, columns: 9,
      elements: (0..<40).flatMap { row in
        zip(sizes, indices.row(row)).flatMap { size, value in (0..<size).map { Double($0) == value ? 1 : 0 } }
      })
    let noise: Matrix<Double> = .standardNormal(rows: 120, columns: 2)
    let condition: Matrix<Double>? = conditionSize == 0 ? nil : .uniform(rows: 40, columns: conditionSize)
    func narrow(_ x: Matrix<Double>) -> Matrix<Float> {
      Matrix(rows: x.rows, columns: x.columns, elements: x.elements.map { Float($0) })
    }
    let (a, b): (VariationalAutoencoder<Double>, VariationalAutoencoder<Double>) = (
      try model(.category(sizes: sizes), 3), try model(.categorical(groups: sizes), 9)
    )
    for threads in [1, 3] {
      let own = try a.gradient(
        of: indices, noise: noise, condition: condition, objective: objective, execution: Execution(threads: threads))
      let other = try b.gradient(of: ones, noise: noise, condition: condition, objective: objective)
      #expect(abs(own.loss.total - other.loss.total) < 1e-13 * abs(other.loss.total))
      for name in other.gradient.names {
        #expect(relativeDifference(own.gradient[name], other.gradient[name]) < 1e-12, "\(name)")
      }
    }
    let (codes, others) = (a.encode(indices, condition: condition), b.encode(ones, condition: condition))
    #expect(codes.mean == others.mean && codes.logVariance == others.logVariance)
    let (single, singleOther) = (a.converted(to: Float.self), b.converted(to: Float.self))
    let mixed = try single.gradient(
      of: narrow(indices), noise: narrow(noise), condition: condition.map(narrow), objective: objective,
      precision: .mixed)
    let mixedOther = try singleOther.gradient(
      of: narrow(ones), noise: narrow(noise), condition: condition.map(narrow), objective: objective, precision: .mixed)
    for name in mixedOther.gradient.names {
      let difference = relativeDifference(
        mixed.gradient[name].map { Double($0) }, mixedOther.gradient[name].map { Double($0) })
      #expect(difference < 1e-2, "\(name): \(difference)")
    }
  }

  /// With outputs of 0 the probabilities are the counts' shares, one added to each.
  @Test func beginsAtItsCounts() {
    let likelihood = Likelihood.category(sizes: [3], counts: [6, 0, 1])
    for (index, share) in [0.7, 0.1, 0.2].enumerated() {
      let loss = likelihood.evaluate(
        x: Matrix<Double>(rows: 1, columns: 1, elements: [Double(index)]), outputs: Matrix(rows: 1, columns: 3)
      ).losses[0]
      #expect(abs(exp(-loss) - share) < 1e-15)
    }
  }

  /// The decoder's answer is the most probable category.
  @Test func decodesTheMostProbable() throws {
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(
        dataSize: 2, encoderHidden: [], latentSize: 1, likelihood: .category(sizes: [3, 2], counts: [0, 8, 0, 0, 0])))
    model.parameters["output.weight"] = Array(repeating: 0, count: 5)
    model.parameters["output.bias"] = [2, 0, 1, 0.1, 0.2]
    // 9 against e² of what else there is.
    #expect(model.decode(Matrix(rows: 1, columns: 1)).elements == [1, 1])
    model.parameters["output.bias"] = [2.2, 0, 1, 0.2, 0.1]
    #expect(model.decode(Matrix(rows: 1, columns: 1)).elements == [0, 0])
  }
}
