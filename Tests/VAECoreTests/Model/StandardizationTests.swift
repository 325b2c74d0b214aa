import Foundation
import TestSupport
import Testing
import VAECore
import VAEExplanation

/// A standardised model takes data and gives them back in their own units, and its losses are of the data as they are.
struct StandardizationTests {
  /// A model that was made without data would be trained on them as they are, without a word.
  @Test func aTrainerThatStandardizesWantsMeans() throws {
    var training = TrainingConfiguration()
    training.standardizes = true
    var model = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: 2, latentSize: 1, likelihood: .gaussian(variance: .learned)))
    let error = #expect(throws: VAEError.self) { _ = try Trainer(model, configuration: training) }
    #expect(error?.lacks("standardised", "training:data:") == [])
    model.standardization = Standardization(means: [1, 2], deviations: [3, 4])
    #expect(throws: Never.self) { _ = try Trainer(model, configuration: training) }
  }

  private static let means = [1000.0, -3, 0.5]
  private static let deviations = [50.0, 0.001, 1]

  private func data(_ count: Int) -> Dataset {
    var random = TestRandom(4)
    return Dataset(
      name: "table",
      floats: (0..<3 * count).map { Float(Self.means[$0 % 3] + Self.deviations[$0 % 3] * random.normal()) }, dataSize: 3
    )
  }

  private func model(_ likelihood: Likelihood) throws -> VariationalAutoencoder<Double> {
    var training = TrainingConfiguration()
    training.standardizes = true
    return try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 3, encoderHidden: [5], latentSize: 2, likelihood: likelihood), training: training,
      data: data(500))
  }

  @Test func momentsOfTheData() throws {
    let data = data(500)
    let standardization = try Standardization(of: data, likelihood: .gaussian())
    let rows = data.rows(0..<500, as: Double.self)
    for column in 0..<3 {
      let values = (0..<500).map { rows[$0, column] }
      let mean = values.reduce(0, +) / 500
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 500
      #expect(abs(standardization.means[column] - mean) < 1e-12 * abs(mean))
      #expect(abs(standardization.deviations[column] - variance.squareRoot()) < 1e-10 * variance.squareRoot())
    }
    #expect(abs(standardization.logVolume - standardization.deviations.map { log($0) }.reduce(0, +)) < 1e-12)
  }

  /// A column near 5.4·10⁶ that varies by 0.3, where one `Float` and the next lie half apart: what a model sees of it is
  /// centred and scaled in double precision, in memory and in a file.
  @Test func aColumnFarFromZero() throws {
    var random = TestRandom(3)
    let numbers = (0..<400).map { $0 % 2 == 0 ? 5_400_000 + 0.3 * random.normal() : random.normal() }
    let data = Dataset(name: "places", doubles: numbers, dataSize: 2)
    var training = TrainingConfiguration()
    training.standardizes = true
    let configuration = ModelConfiguration(dataSize: 2, encoderHidden: [], latentSize: 1, likelihood: .gaussian())
    var model = try VariationalAutoencoder<Float>(configuration, training: training, data: data)
    let standardization = try #require(model.standardization)
    let column = stride(from: 0, to: 400, by: 2).map { numbers[$0] }
    let mean = column.reduce(0, +) / 200
    let deviation = (column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200).squareRoot()
    #expect(abs(standardization.means[0] - mean) < 1e-8 && abs(standardization.deviations[0] / deviation - 1) < 1e-6)
    // Where all parameters are 0, a datum's loss is ½ Σ (log 2π + y²) + Σ log s.
    for name in model.parameters.names {
      model.parameters[name] = Array(repeating: 0, count: model.parameters[name].count)
    }
    let scores = try model.score(data)
    let expected = (0..<200).map { row in
      (0..<2).reduce(standardization.logVolume) { sum, column in
        let y = (numbers[2 * row + column] - standardization.means[column]) / standardization.deviations[column]
        return sum + (log(2 * Double.pi) + y * y) / 2
      }
    }
    #expect(zip(scores, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    // Without that, single precision could not tell the values apart, and says so.
    training.standardizes = false
    let error = #expect(throws: VAEError.self) {
      _ = try VariationalAutoencoder<Float>(configuration, training: training, data: data)
    }
    #expect(error?.remedy == .standardize)
    #expect(error?.lacks("places, column 1", "0.5 apart", "standardise") == [], "\(error?.description ?? "")")
  }

  /// −log p(x|z) by hand: of y, and the density of x = m + s·y beside it.
  @Test(arguments: [Likelihood.gaussian(), .gaussian(variance: .learned), .laplace(scale: .perFeature)])
  func theLossIsOfTheDataAsTheyAre(likelihood: Likelihood) throws {
    let model = try model(likelihood)
    let standardization = try #require(model.standardization)
    let plain = try VariationalAutoencoder<Double>(model.configuration, seed: 0)
    let isSame = plain.parameters == model.parameters
    #expect(isSame)
    let x = data(7).rows(0..<7, as: Double.self)
    let y = Matrix(
      rows: 7, columns: 3,
      elements: x.elements.enumerated().map {
        ($1 - standardization.means[$0 % 3]) / standardization.deviations[$0 % 3]
      })
    var random = TestRandom(8)
    let noise: Matrix<Double> = random.matrix(14, 2)
    let (loss, gradient) = try model.gradient(of: x, noise: noise)
    let (expected, plainGradient) = try plain.gradient(of: y, noise: noise)
    #expect(relativeDifference([loss.total], [expected.total + standardization.logVolume]) < 1e-12)
    #expect(loss.kl == expected.kl || relativeDifference([loss.kl], [expected.kl]) < 1e-9)
    let worst = worstTensor(gradient) { plainGradient[$0] }
    #expect(worst.difference < 1e-8, "\(worst)")
    let codes = (model.encode(x), plain.encode(y))
    #expect(relativeDifference(codes.0.mean.elements, codes.1.mean.elements) < 1e-9)
    let decoded = (model.decode(codes.1.mean), plain.decode(codes.1.mean))
    let restored = decoded.1.elements.enumerated().map {
      $1 * standardization.deviations[$0 % 3] + standardization.means[$0 % 3]
    }
    #expect(relativeDifference(decoded.0.elements, restored) < 1e-12)
  }

  /// The density of x integrates to 1 in its own unit: a Gaussian model's −log p(x|z) at its own mean says σ.
  @Test func aKnownDensity() throws {
    var model = try model(.gaussian())
    for name in model.parameters.names { model.parameters[name] = model.parameters[name].map { _ in 0 } }
    let standardization = try #require(model.standardization)
    let x = Matrix(rows: 1, columns: 3, elements: standardization.means)
    let loss = try model.loss(of: x, noise: Matrix(rows: 1, columns: 2))
    let expected = 1.5 * log(2 * .pi) + standardization.deviations.reduce(0) { $0 + log($1) }
    #expect(abs(loss.reconstruction - expected) < 1e-9)
  }

  @Test func evaluationIsInUnits() throws {
    let model = try model(.gaussian()).converted(to: Float.self)
    let data = data(50)
    let evaluation = try model.evaluate(on: data, withDetails: true)
    let x = data.rows(0..<50, as: Float.self)
    let reconstructed = model.reconstruct(x)
    let squares = zip(x.elements, reconstructed.elements).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    let error = try #require(evaluation.details).reconstructionError
    #expect(relativeDifference([error], [squares / 150]) < 1e-4)
  }

  /// Columns that are no real numbers stay as they are, and one that never changes is not divided by 0.
  @Test func someColumns() throws {
    let likelihood = Likelihood.mixed([.init(1, .gaussian()), .init(1, .poisson), .init(1, .laplace())])
    let data = Dataset(name: "mix", floats: [5, 3, 2, 7, 4, 2], dataSize: 3)
    let standardization = try Standardization(of: data, likelihood: likelihood)
    #expect(standardization.means == [6, 0, 2])
    #expect(standardization.deviations == [1, 1, 1])
    let error = #expect(throws: VAEError.self) { _ = try Standardization(of: data, likelihood: .poisson) }
    #expect(error?.lacks("real numbers", "poisson") == [])
  }

  /// The chain rule, path by path, sees what the model sees.
  @Test func explains() throws {
    let model = try model(.gaussian())
    let address = try model.parameters.address(tensor: "encoder.0.weight", index: [1, 2])
    var random = TestRandom(2)
    let explanation = try model.explain(
      address, x: data(1).rows(0..<1, as: Double.self).elements, noise: random.matrix(2, 2))
    #expect(explanation.gradient.isConsistent)
  }
}
