import TestSupport
import Testing
import VAECore
import VAEExplanation

/// A model with a condition: what it computes, and that nothing else about it changes.
struct ConditionalModelTests {
  private static func configuration(
    hidden: [Int] = [7], isGated: Bool = false, activation: Activation = .tanh, conditionSize: Int = 3
  ) -> ModelConfiguration {
    ModelConfiguration(
      dataSize: 6, encoderHidden: hidden, latentSize: 3, conditionSize: conditionSize, activation: activation,
      isGated: isGated)
  }

  @Test(arguments: [[], [7], [7, 5]], [false, true]) func isTheConcatenation(hidden: [Int], isGated: Bool) throws {
    func check<S: Scalar>(_ type: S.Type, tolerance: Double) throws {
      let model = try randomModel(Self.configuration(hidden: hidden, isGated: isGated)).converted(to: S.self)
      #expect(model.parameters.shape(of: hidden.isEmpty ? "mean.weight" : "encoder.0.weight").last == 9)
      #expect(model.parameters.shape(of: hidden.isEmpty ? "output.weight" : "decoder.0.weight").last == 6)
      var random = TestRandom(7)
      // More rows than go through at once.
      let (x, z): (Matrix<S>, Matrix<S>) = (random.unitMatrix(601, 6), random.matrix(601, 3))
      let condition: Matrix<S> = random.matrix(601, 3)
      let naive = NaiveModel(model)
      let posterior = model.encode(x, condition: condition)
      let decoded = model.decode(z, condition: condition)
      let reconstructed = model.reconstruct(x, condition: condition)
      for row in [0, 1, 127, 511, 512, 600] {
        let c = condition.row(row).map { Double($0) }
        let expected = naive.encode(x.row(row).map { Double($0) }, condition: c)
        #expect(relativeDifference(posterior.mean.row(row).map { Double($0) }, expected.mean) < tolerance)
        #expect(relativeDifference(posterior.logVariance.row(row).map { Double($0) }, expected.logVariance) < tolerance)
        let x = naive.decode(z.row(row).map { Double($0) }, condition: c)
        #expect(relativeDifference(decoded.row(row).map { Double($0) }, x) < tolerance)
        let again = naive.decode(expected.mean, condition: c)
        #expect(relativeDifference(reconstructed.row(row).map { Double($0) }, again) < tolerance)
      }
    }
    try check(Double.self, tolerance: 1e-13)
    try check(Float.self, tolerance: 2e-5)
  }

  /// Where the condition has no weight, the model is the one without it, to the last bit.
  @Test(arguments: [[], [7]], [1, 3]) func withoutWeightItIsNotThere(hidden: [Int], samples: Int) throws {
    var model = try VariationalAutoencoder<Float>(Self.configuration(hidden: hidden), seed: 1)
    var plain = try VariationalAutoencoder<Float>(Self.configuration(hidden: hidden, conditionSize: 0), seed: 1)
    for name in model.parameters.names {
      let (wide, narrow) = (model.parameters.shape(of: name), plain.parameters.shape(of: name))
      if wide != narrow {
        let inputs = narrow[1]
        for index in model.parameters[name].indices where index % wide[1] >= inputs {
          model.parameters[name][index] = 0
        }
        plain.parameters[name] = model.parameters[name].enumerated().filter { $0.offset % wide[1] < inputs }.map(
          \.element)
      } else {
        plain.parameters[name] = model.parameters[name]
      }
    }
    var random = TestRandom(1)
    let (x, noise): (Matrix<Float>, Matrix<Float>) = (random.unitMatrix(30, 6), random.matrix(30 * samples, 3))
    let condition: Matrix<Float> = random.matrix(30, 3)
    let one = try model.gradient(of: x, noise: noise, condition: condition)
    let other = try plain.gradient(of: x, noise: noise)
    #expect(one.loss == other.loss)
    for name in plain.parameters.names where plain.parameters.shape(of: name) == model.parameters.shape(of: name) {
      #expect(one.gradient[name] == other.gradient[name], "\(name)")
    }
  }

  @Test(arguments: [(Activation.tanh, false), (.gelu, true)])
  func jointEqualsAccumulated(activation: Activation, isGated: Bool) throws {
    var random = TestRandom(1)
    let model = try VariationalAutoencoder<Double>(
      Self.configuration(isGated: isGated, activation: activation), seed: 1)
    let (x, noise): (Matrix<Double>, Matrix<Double>) = (random.unitMatrix(11, 6), random.matrix(11 * 7, 3))
    let condition: Matrix<Double> = random.matrix(11, 3)
    let joint = try model.gradient(of: x, noise: noise, condition: condition)
    for width in [1, 2, 3, 7] {
      let accumulated = try model.gradient(
        of: x, noise: noise, condition: condition, accumulation: .accumulated(samplesPerPass: width))
      let worst = worstTensor(joint.gradient) { accumulated.gradient[$0] }
      #expect(worst.difference < 1e-12, "\(worst)")
    }
  }

  /// One shared block, several blocks, wide layers in pieces: the number of threads changes no bit.
  @Test(arguments: [(130, 2), (130, 5), (700, 1)], [(450, false), (140, false), (450, true)])
  func threadsChangeNothing(shape: (data: Int, samples: Int), hidden: (size: Int, isGated: Bool)) throws {
    var random = TestRandom(3)
    let model = try VariationalAutoencoder<Float>(
      ModelConfiguration(
        dataSize: 150, encoderHidden: [hidden.size], latentSize: 20, conditionSize: 10,
        activation: hidden.isGated ? .gelu : .tanh, isGated: hidden.isGated), seed: 1)
    let (x, noise): (Matrix<Float>, Matrix<Float>) = (
      random.unitMatrix(shape.data, 150), random.matrix(shape.data * shape.samples, 20)
    )
    let condition = Matrix<Float>.oneHot((0..<shape.data).map { $0 % 10 }, classes: 10)
    let one = try model.gradient(of: x, noise: noise, condition: condition, execution: Execution(threads: 1))
    let images = model.reconstruct(x, condition: condition)
    for threads in 2...4 {
      let more = try model.gradient(of: x, noise: noise, condition: condition, execution: Execution(threads: threads))
      #expect(one.loss == more.loss)
      let isSame = one.gradient == more.gradient
      #expect(isSame, "\(threads) threads")
      #expect(Inference(model, execution: Execution(threads: threads)).reconstruct(x, condition: condition) == images)
    }
  }

  /// What is asked of a set finds the condition there: each datum by itself says the same.
  @Test func setsHaveTheirCondition() throws {
    let data = Dataset.synthetic(count: 1100, side: 6)
    let model = try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 36, encoderHidden: [10], latentSize: 2, conditionSize: 4), seed: 1)
    let labels = try #require(data.condition?.labels)
    let condition = try #require(try model.condition(of: data, 0..<1100))
    #expect(condition == .oneHot(labels, classes: 4))
    let posterior = model.encode(data.rows(0..<1100), condition: condition)
    let evaluation = try model.evaluate(on: data, samples: 2, importanceSamples: 3, withDetails: true)
    for dimension in 0..<2 {
      let mean = (0..<1100).reduce(0) { $0 + posterior.mean[$1, dimension] } / 1100
      let square = (0..<1100).reduce(0) { $0 + posterior.mean[$1, dimension] * posterior.mean[$1, dimension] } / 1100
      #expect(abs(evaluation.meanVariancePerDimension[dimension] - (square - mean * mean)) < 1e-12)
      #expect(abs(try model.aggregatePosterior(of: data).mean[dimension] - mean) < 1e-12)
    }
    let images = model.reconstruct(data.rows(0..<1100), condition: condition)
    let errors = zip(images.elements, data.rows(0..<1100, as: Double.self).elements).map { ($0 - $1) * ($0 - $1) }
    let details = try #require(evaluation.details)
    #expect(relativeDifference([details.reconstructionError], [errors.reduce(0, +) / Double(errors.count)]) < 1e-12)
    // But for the noise, which is by position here and by what a datum is there.
    let scores = try model.score(data)
    let differences = try zip(scores, model.score(data, seed: 1)).map { $0 - $1 }
    let error = (differences.reduce(0) { $0 + $1 * $1 }).squareRoot() / 1100
    #expect(try abs(scores.reduce(0, +) / 1100 - model.evaluate(on: data).loss.total) < 4 * error)
    // Other labels, other codes.
    let others = try data.conditioned(on: Condition(name: "others", labels: labels.map { ($0 + 1) % 4 }))
    #expect(try model.evaluate(on: others).loss != model.evaluate(on: data).loss)
    #expect(
      try model.gradientVariance(on: others, draws: 3).total.data
        != model.gradientVariance(on: data, draws: 3).total.data)
  }

  @Test func decodesUnderEveryLabel() throws {
    let model = try randomModel(Self.configuration())
    let z = Matrix<Double>.standardNormal(rows: 5, columns: 3, seed: 1)
    let images = try Inference(model).decodeUnderEveryLabel(z)
    #expect(images.rows == 15)
    for label in 0..<3 {
      let expected = model.decode(z, condition: .oneHot(Array(repeating: label, count: 5), classes: 3))
      #expect(relativeDifference(images.rows(label * 5..<label * 5 + 5).elements, expected.elements) < 1e-14)
    }
    let labels = Matrix<Double>.oneHot([2, 2, 1], classes: 3)
    #expect(
      model.sample(count: 3, condition: labels, seed: 4)
        == model.decode(.standardNormal(rows: 3, columns: 3, seed: 4), condition: labels))
  }

  /// Training tells what labels are for: the code no longer has to.
  @Test func trainingUsesTheCondition() throws {
    let data = Dataset.synthetic(count: 2000, side: 8)
    func loss(_ conditionSize: Int) throws -> Double {
      var configuration = TrainingConfiguration()
      configuration.learningRate = 3e-3
      var trainer = try Trainer(
        VariationalAutoencoder<Float>(
          ModelConfiguration(dataSize: 64, encoderHidden: [50], latentSize: 1, conditionSize: conditionSize)),
        configuration: configuration, execution: Execution(threads: 1))
      for _ in 0..<15 { try trainer.trainEpoch(on: data) }
      return try trainer.model.evaluate(on: Dataset.synthetic(count: 500, side: 8, seed: 1)).loss.total
    }
    let (with, without) = (try loss(4), try loss(0))
    #expect(with < without - 0.3, "\(with), \(without)")
  }

  @Test func conditionsThatDoNotFitTrap() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try VariationalAutoencoder<Float>(Self.configuration())
      _ = model.encode(Matrix(rows: 2, columns: 6), condition: Matrix(rows: 2, columns: 4))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("a condition [2, 4] for 2 rows of a model that takes [2, 3]"), "\(message)")
    await #expect(processExitsWith: .failure) {
      _ = try VariationalAutoencoder<Float>(Self.configuration()).decode(Matrix(rows: 2, columns: 3))
    }
    await #expect(processExitsWith: .failure) {
      let model = try VariationalAutoencoder<Float>(Self.configuration())
      _ = try model.loss(
        of: Matrix(rows: 2, columns: 6), noise: Matrix(rows: 2, columns: 3), condition: Matrix(rows: 1, columns: 3))
    }
    let none = try VariationalAutoencoder<Float>(Self.configuration(conditionSize: 0))
    let error = #expect(throws: VAEError.self) {
      _ = try Inference(none).decodeUnderEveryLabel(Matrix(rows: 1, columns: 3))
    }
    #expect(error?.lacks("no condition", "labels") == [])
    let bare = Dataset(name: "bare", floats: Array(repeating: 0.5, count: 12), dataSize: 6)
    #expect(try none.condition(of: bare, 0..<2) == nil)
    let missing = #expect(throws: VAEError.self) {
      _ = try VariationalAutoencoder<Float>(Self.configuration()).condition(of: bare, 0..<2)
    }
    #expect(missing?.lacks("bare has no condition", "3 values") == [])
    await #expect(processExitsWith: .failure) {
      let model = try VariationalAutoencoder<Float>(Self.configuration(conditionSize: 0))
      _ = model.sample(count: 2, condition: Matrix(rows: 2, columns: 3))
    }
  }
}
