import Foundation
import TestSupport
import Testing
import VAECore

/// What is filled in for missing values, against closed forms and the truth.
struct ImputationTests {
  /// A linear model with the posterior of probabilistic PCA for its encoder would need another encoder for each pattern; importance weights
  /// make any do. E[x_missing | x_there] and its variance are those of the Gaussian N(m, WWᵀ + σ²I).
  @Test func linearModelAgainstTheClosedForm() throws {
    let (size, latent, variance) = (5, 2, 0.3)
    var random = TestRandom(6)
    let gaps = Gaps(.masked, rates: Array(repeating: 0.4, count: size))
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(
        dataSize: size, encoderHidden: [], latentSize: latent, likelihood: .gaussian(variance: .fixed(variance)),
        gaps: gaps))
    let w: Matrix<Double> = random.matrix(size, latent)
    let m = (0..<size).map { _ in random.normal() }
    model.parameters["output.weight"] = w.elements
    model.parameters["output.bias"] = m
    // q(z|x) = N(0, 1.2²), which is no posterior.
    for name in ["mean.weight", "mean.bias", "logvar.weight"] {
      model.parameters[name] = model.parameters[name].map { _ in 0 }
    }
    model.parameters["logvar.bias"] = Array(repeating: 2 * log(1.2), count: latent)
    let nan = Double.nan
    let data = Dataset(
      name: "x", doubles: [0.5, nan, 1, nan, -0.3, nan, nan, 0.2, nan, nan, 1, 0, nan, 2, 1, 0, 1, 2, 3, 4],
      dataSize: size)
    let draws = 400
    let samples = 20_000
    let imputation = try model.impute(data, samples: samples, draws: draws, seed: 1)
    #expect(imputation.cells.count == 7)
    #expect(imputation.effectiveSamples! > 100)
    let x = data.rows(0..<4, as: Double.self)
    for row in 0..<3 {
      let there = (0..<size).filter { !x[row, $0].isNaN }
      // (The posterior of z by its precision: I + W_thereᵀ W_there / σ².)
      var (a, b, d) = (1.0, 0.0, 1.0)
      var (u, v) = (0.0, 0.0)
      for j in there {
        a += w[j, 0] * w[j, 0] / variance
        b += w[j, 0] * w[j, 1] / variance
        d += w[j, 1] * w[j, 1] / variance
        u += w[j, 0] * (x[row, j] - m[j]) / variance
        v += w[j, 1] * (x[row, j] - m[j]) / variance
      }
      let determinant = a * d - b * b
      let z = [(d * u - b * v) / determinant, (a * v - b * u) / determinant]
      for (index, cell) in imputation.cells.enumerated() where cell.datum == row {
        let j = cell.column
        let mean = m[j] + w[j, 0] * z[0] + w[j, 1] * z[1]
        let ofZ = (w[j, 0] * w[j, 0] * d - 2 * w[j, 0] * w[j, 1] * b + w[j, 1] * w[j, 1] * a) / determinant
        // At least a fiftieth of the samples are effective.
        #expect(abs(imputation.values[index] - mean) < 4 * (ofZ / (Double(samples) / 50)).squareRoot())
        let drawn = imputation.draws.map { $0[index] }
        let average = drawn.reduce(0, +) / Double(draws)
        let spread = drawn.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(draws - 1)
        #expect(abs(average - mean) < 4 * ((ofZ + variance) / Double(draws)).squareRoot())
        #expect(abs(spread / (ofZ + variance) - 1) < 4 * (2 / Double(draws)).squareRoot())
      }
    }
    // What was there stays.
    let filled = try imputation.filling(data, with: imputation.values)
    for row in 0..<4 {
      for column in 0..<size where !x[row, column].isNaN { #expect(filled[row, column] == x[row, column]) }
    }
    #expect(filled.elements.allSatisfy { !$0.isNaN })
  }

  /// A datum's values do not depend on those beside it, nor on threads.
  @Test func isTheDatumsOwn() throws {
    let likelihood = Likelihood.table
    let model = try randomModel(
      ModelConfiguration(
        dataSize: 6, encoderHidden: [30], latentSize: 3, likelihood: likelihood,
        gaps: Gaps(.patterned, rates: [0.1, 0, 0.3, 0.2, 0.2, 0.4]))
    ).converted(to: Float.self)
    var x: Matrix<Double> = likelihood.exampleData(rows: 60, columns: 6)
    for row in 0..<60 { for column in 0..<6 where (row + 2 * column) % 4 == 1 { x[row, column] = .nan } }
    func impute(_ rows: [Int], threads: Int) throws -> Imputation {
      let data = Dataset(name: "x", doubles: rows.flatMap { x.row($0) }, dataSize: 6)
      return try model.impute(data, samples: 70, draws: 2, seed: 3, execution: Execution(threads: threads))
    }
    let all = try impute(Array(0..<60), threads: 1)
    #expect(try impute(Array(0..<60), threads: 3).values == all.values)
    let some = [40, 7, 13, 0]
    let few = try impute(some, threads: 2)
    for (index, cell) in few.cells.enumerated() {
      let place = all.cells.firstIndex(of: Imputation.Cell(datum: some[cell.datum], column: cell.column))!
      #expect(few.values[index] == all.values[place])
      for draw in 0..<2 { #expect(few.draws[draw][index] == all.draws[draw][place]) }
    }
    #expect(all.draws[0] != all.draws[1])
  }

  /// Of a category that goes with another column, draws are as frequent as the truth, the best guess is the likeliest; intervals of draws
  /// cover the truth as often as they say.
  @Test(arguments: [Gaps.Treatment.masked, .patterned]) func frequenciesAndCoverage(treatment: Gaps.Treatment) throws {
    var random = TestRandom(12)
    let count = 3000
    var (values, truth): ([Double], [Double]) = ([], [])
    for _ in 0..<count {
      let a = Double(random.integer(0...1))
      // Given a, the category is 0, 1 or 2 with other probabilities; the number is 2a + N(0, 1).
      let u = random.uniform(0...1)
      let category: Double = a == 0 ? (u < 0.7 ? 0 : u < 0.9 ? 1 : 2) : (u < 0.1 ? 0 : u < 0.3 ? 1 : 2)
      let row = [a, category, 2 * a + random.normal()]
      truth += row
      values += [a, random.uniform(0...1) < 0.3 ? .nan : category, random.uniform(0...1) < 0.3 ? .nan : row[2]]
    }
    let data = Dataset(name: "x", doubles: values, dataSize: 3)
    let likelihood = Likelihood.mixed([.init(2, .category(sizes: [2, 3])), .init(1, .gaussian(variance: .perFeature))])
    let configuration = ModelConfiguration(
      dataSize: 3, encoderHidden: [32], latentSize: 3, likelihood: likelihood, gaps: try Gaps(of: data, treatment))
    var training = TrainingConfiguration()
    (training.epochs, training.learningRate, training.schedule) = (60, 0.01, .cosine())
    (training.objective, training.samplesPerDatum) = (.importanceWeightedBound(), 10)
    let model = try VariationalAutoencoder<Float>(configuration, training: training, data: data)
    var trainer = try Trainer(model, configuration: training)
    for _ in 0..<training.epochs { try trainer.trainEpoch(on: data) }
    let draws = 40
    let imputation = try trainer.model.impute(data, samples: 200, draws: draws)
    var frequencies = [[Double]](repeating: [0, 0, 0], count: 2)
    var (right, total) = (0, 0)
    var (covered, numbers) = (0, 0)
    for (index, cell) in imputation.cells.enumerated() {
      let a = Int(truth[3 * cell.datum])
      let known = truth[3 * cell.datum + cell.column]
      if cell.column == 1 {
        for draw in imputation.draws { frequencies[a][Int(draw[index])] += 1 }
        // (Of a row whose number is there as well, z knows no more of the category.)
        right += imputation.values[index] == (a == 0 ? 0 : 2) ? 1 : 0
        total += 1
      } else {
        // 38 of 40 draws lie between the least and the greatest but one at either side: 90 % is nominal for ranks 2 and 39.
        let sorted = imputation.draws.map { $0[index] }.sorted()
        covered += sorted[1] <= known && known <= sorted[38] ? 1 : 0
        numbers += 1
      }
    }
    for (a, wanted) in [[0.7, 0.2, 0.1], [0.1, 0.2, 0.7]].enumerated() {
      let sum = frequencies[a].reduce(0, +)
      for k in 0..<3 {
        #expect(abs(frequencies[a][k] / sum - wanted[k]) < 0.06, "\(a), \(k): \(frequencies[a][k] / sum)")
      }
    }
    #expect(Double(right) / Double(total) > 0.97)
    // Of 40 exchangeable draws and the truth, the truth lies from the second to the 39th with 37 of 41 ranks.
    let nominal = 37.0 / 41
    let deviation = (nominal * (1 - nominal) / Double(numbers)).squareRoot()
    #expect(abs(Double(covered) / Double(numbers) - nominal) < 4 * deviation + 0.02)
  }

  @Test func refusals() throws {
    let plain = try VariationalAutoencoder<Float>(ModelConfiguration(dataSize: 2, encoderHidden: [], latentSize: 1))
    let data = Dataset(name: "x", doubles: [1, 0], dataSize: 2)
    let error = #expect(throws: VAEError.self) { try plain.impute(data) }
    #expect(error?.lacks(["knows nothing of missing values"]) == [] && error?.remedy == .trainOnGaps)
    let squared = try VariationalAutoencoder<Float>(
      ModelConfiguration(
        dataSize: 2, encoderHidden: [], latentSize: 1, likelihood: .squaredError(), gaps: Gaps(.masked)))
    #expect(throws: VAEError.self) { try squared.impute(data) }
    let gapped = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: 2, encoderHidden: [], latentSize: 1, gaps: Gaps(.masked)))
    #expect(throws: VAEError.self) { try gapped.impute(data, samples: 0) }
    let complete = try gapped.impute(data, draws: 2)
    #expect(complete.cells.isEmpty && complete.draws == [[], []] && complete.effectiveSamples == nil)
  }
}
