import Foundation
import TestSupport
import Testing
import VAECore

/// Which of a datum's values are said not to be expected beside the others.
struct SurpriseTests {
  /// Of a linear model p(x_j | x_−j) is Gaussian, and the excess ½ (x_j − m)²/s² − log 2. Numbers are between 2 and 6 deviations off.
  @Test func linearModelAgainstTheClosedForm() throws {
    let (size, variance) = (5, 1.5)
    var random = TestRandom(6)
    var model = try VariationalAutoencoder<Double>(
      ModelConfiguration(
        dataSize: size, encoderHidden: [], latentSize: 1, likelihood: .gaussian(variance: .fixed(variance))))
    let w = (0..<size).map { _ in random.normal() }
    let m = (0..<size).map { _ in random.normal() }
    (model.parameters["output.weight"], model.parameters["output.bias"]) = (w, m)
    // q(z|x) is the posterior, but for twice its deviation, and one of them off.
    let precision = 1 + w.reduce(0) { $0 + $1 * $1 } / variance
    model.parameters["mean.weight"] = w.map { $0 / variance / precision }
    model.parameters["mean.bias"] = [
      1 / precision.squareRoot() - zip(w, m).reduce(0) { $0 + $1.0 * $1.1 } / variance / precision
    ]
    model.parameters["logvar.weight"] = w.map { _ in 0 }
    model.parameters["logvar.bias"] = [2 * log(2) - log(precision)]
    var rows: [Double] = []
    var expected: [(column: Int, excess: Double, mean: Double, deviation: Double)] = []
    for row in 0..<40 {
      let z = random.normal()
      var x = (0..<size).map { m[$0] + w[$0] * z + variance.squareRoot() * random.normal() }
      let j = row % size
      let others = (0..<size).filter { $0 != j }
      let precision = 1 + others.reduce(0) { $0 + w[$1] * w[$1] } / variance
      let mean = others.reduce(0) { $0 + w[$1] * (x[$1] - m[$1]) } / variance / precision
      let deviation = (variance + w[j] * w[j] / precision).squareRoot()
      let off = random.uniform(2...6)
      x[j] = m[j] + w[j] * mean + off * deviation
      rows += x
      expected.append((j, off * off / 2 - log(2), m[j] + w[j] * mean, deviation))
    }
    let found = try Inference(model).surprises(
      in: Dataset(name: "x", doubles: rows, dataSize: size), count: size, seed: 3)
    var errors: [Double] = []
    for (surprises, expected) in zip(found, expected) {
      let surprise = try #require(surprises.first { $0.column == expected.column })
      errors.append((surprise.excess - expected.excess) / (1 + expected.excess))
      #expect(surprise.expected.count == 1)
      #expect(abs(surprise.expected[0].value - expected.mean) < expected.deviation)
      #expect(surprises == surprises.sorted { $0.excess > $1.excess })
    }
    let mean = errors.reduce(0, +) / 40
    let worst = errors.map(abs).max()!
    #expect(abs(mean) < 0.02 && worst < 0.15, "\(mean), \(worst)")
  }

  // MARK: Planted faults

  /// A table whose columns follow from one of four kinds: a category that is the kind's, another that is so in nine of ten rows, two numbers
  /// about the kind's, one that follows from another, one by itself.
  private func row(_ random: inout TestRandom) -> [Double] {
    let kind = Double(random.integer(0...3))
    let noisy = random.uniform() < 0.9 ? kind : Double(random.integer(0...3))
    let number = 10 * kind + random.normal()
    return [kind, noisy, number, -5 * kind + 2 * random.normal(), 3 * number + random.normal(), random.normal()]
  }

  private func table(_ count: Int, _ random: inout TestRandom) -> [Double] { (0..<count).flatMap { _ in row(&random) } }

  private func trained(_ random: inout TestRandom) throws -> VariationalAutoencoder<Float> {
    let rows = table(4000, &random)
    func fitted(_ column: Int) -> Likelihood {
      .mixture(MixtureColumn(fitting: stride(from: column, to: rows.count, by: 6).map { rows[$0] }, components: 4))
    }
    var training = TrainingConfiguration()
    (training.learningRate, training.batchSize) = (0.01, 100)
    let configuration = ModelConfiguration(
      dataSize: 6, encoderHidden: [48], latentSize: 4,
      likelihood: .mixed([.init(2, .category(sizes: [4, 4]))] + (2...5).map { .init(1, fitted($0)) }))
    var trainer = try Trainer(
      VariationalAutoencoder<Float>(configuration, seed: 1), configuration: training)
    let data = Dataset(name: "rows", doubles: rows, dataSize: 6)
    for _ in 0..<30 { try trainer.trainEpoch(on: data) }
    return trainer.model
  }

  /// A fault in one of the five columns that follow from each other is named first in 19 of 20 rows.
  @Test func namesPlantedFaults() throws {
    var random = TestRandom(4)
    let model = try trained(&random)
    var (rows, planted): ([Double], [Int]) = ([], [])
    for trial in 0..<200 {
      var x = row(&random)
      // (The second category says little of a kind: a fault in it is one only beside the first.)
      let column = [0, 2, 3, 4, 2][trial % 5]
      switch column {
      case 0: x[0] = Double((Int(x[0]) + random.integer(1...3)) % 4)
      case 2: x[2] += (random.uniform() < 0.5 ? -1 : 1) * random.uniform(8...20)
      case 3: x[3] += (random.uniform() < 0.5 ? -1 : 1) * random.uniform(14...25)
      default: x[4] += (random.uniform() < 0.5 ? -1 : 1) * random.uniform(20...60)
      }
      rows += x
      planted.append(column)
    }
    let data = Dataset(name: "faulty", doubles: rows, dataSize: 6)
    let found = try Inference(model).surprises(in: data, count: 1, seed: 1)
    let hits = zip(found, planted).filter { $0.0.first?.column == $0.1 }.count
    #expect(hits >= 190, "\(hits) of 200")
    // What is said of a datum is its own, whatever is beside it and however many threads there are.
    for rows in [[7], [150, 3], Array(20..<60)] {
      let inference = Inference(model, execution: Execution(threads: rows.count > 2 ? 3 : 1))
      let some = try inference.surprises(in: data.read(rows.map { $0..<$0 + 1 }), count: 1, seed: 1)
      #expect(some == rows.map { found[$0] })
    }
    // Of rows without a fault there is little to say.
    let usual = Dataset(name: "usual", doubles: table(200, &random), dataSize: 6)
    let worst = try Inference(model).surprises(in: usual, count: 1, seed: 1).map { $0.first?.excess ?? 0 }
    #expect(worst.count { $0 > 4 } < 20, "\(worst.count { $0 > 4 })")
  }

  // MARK: Words for it

  /// Between two peaks neither is the mean of both.
  @Test func namesBothPeaks() throws {
    var random = TestRandom(8)
    let values = (0..<2000).map { _ in (random.uniform() < 0.5 ? -10 : 10) + random.normal() }
    let column = MixtureColumn(fitting: values, components: 2)
    let model = try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 1, encoderHidden: [], latentSize: 1, likelihood: .mixture(column)))
    let found = try Inference(model).surprises(in: Dataset(name: "x", doubles: [0.5, 10.2, 60], dataSize: 1), count: 1)
    let peaks = try #require(found[0].first).expected
    #expect(peaks.count == 2 && abs(peaks[0].value + 10) < 2 && abs(peaks[1].value - 10) < 2, "\(peaks)")
    #expect(abs(peaks.reduce(0) { $0 + $1.share } - 1) < 1e-9)
    #expect(found[1] == [])
    #expect(try #require(found[2].first).expected.count == 1)
  }

  /// A group of columns is left out together, and named by the one with the 1.
  @Test func oneHotGroups() throws {
    let model = try randomModel(
      ModelConfiguration(dataSize: 6, encoderHidden: [], latentSize: 2, likelihood: .categorical(groups: [2, 4])))
    var sharp = model
    sharp.parameters["output.weight"] = model.parameters["output.weight"].map { 0 * $0 }
    sharp.parameters["output.bias"] = [9, 0, 0, 0, 9, 0]
    let found = try Inference(sharp).surprises(
      in: Dataset(name: "x", doubles: [0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0], dataSize: 6), count: 3)
    #expect(found.map { $0.map(\.column) } == [[1], [2]])
  }

  /// What is missing is no surprise, and the columns beside it are judged by what is there.
  @Test func leavesGapsOut() throws {
    let gaps = Gaps(.masked, rates: Array(repeating: 0.2, count: 6))
    let model = try randomModel(
      ModelConfiguration(dataSize: 6, encoderHidden: [8], latentSize: 2, likelihood: .table, gaps: gaps))
    let x: Matrix<Float> = Likelihood.table.exampleData(rows: 1, columns: 6)
    var values = x.elements
    (values[2], values[3]) = (.nan, 1000)
    let found = try Inference(model.converted(to: Float.self)).surprises(
      in: Dataset(name: "x", floats: values, dataSize: 6), count: 6)
    #expect(found[0].first?.column == 3 && found[0].allSatisfy { $0.column != 2 && $0.excess.isFinite })
  }
}
