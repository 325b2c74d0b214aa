import TestSupport
import Testing
import VAECore

/// Training with products of bfloat16 numbers.
struct MixedPrecisionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var hidden = [40]
    var latentSize = 5
    var conditionSize = 0
    var activation = Activation.tanh
    var isGated = false
    var likelihood = Likelihood.bernoulli
    var objective = Objective.evidenceLowerBound()
    var accumulation = GradientAccumulation.joint
    var data = 21
    var samples = 3
    var columns = 6
    var testDescription: String { name }

    var model: ModelConfiguration {
      ModelConfiguration(
        dataSize: columns, encoderHidden: hidden, latentSize: latentSize, conditionSize: conditionSize,
        activation: activation, isGated: isGated, likelihood: likelihood)
    }
  }

  static let cases =
    Likelihood.ofSixColumns.map { Case(name: "\($0)", likelihood: $0) }
    + [
      Case(name: "no hidden layer", hidden: []), Case(name: "odd widths", hidden: [33, 17], latentSize: 3),
      Case(name: "wide layers", hidden: [130, 70], columns: 150), Case(name: "a condition", conditionSize: 3),
      Case(name: "gates", activation: .gelu, isGated: true),
      Case(name: "odd gates and a condition", hidden: [65, 7], conditionSize: 5, isGated: true, columns: 131),
      Case(name: "one datum", data: 1, samples: 1), Case(name: "one datum of many samples", data: 1, samples: 301),
      Case(name: "a block for each of two threads", data: 101, samples: 1),
      Case(name: "many blocks", data: 401, samples: 3),
      Case(name: "option 2", accumulation: .accumulated()),
      Case(name: "option 2, two samples at a time", accumulation: .accumulated(samplesPerPass: 2), data: 40),
      Case(name: "an importance-weighted bound", objective: .importanceWeightedBound()),
      Case(name: "free bits", objective: .evidenceLowerBound(freeBits: 0.05)),
      Case(name: "β of a half", objective: .evidenceLowerBound(beta: 0.5)),
    ]

  private struct Question<S: Scalar> {
    let model: VariationalAutoencoder<S>
    let x, noise: Matrix<S>
    let condition: Matrix<S>?

    init(_ this: Case) throws {
      var random = TestRandom(4)
      model = try VariationalAutoencoder<S>(this.model, seed: 2)
      x = this.likelihood.exampleData(rows: this.data, columns: this.columns)
      noise = random.matrix(this.data * this.samples, this.latentSize)
      condition = this.conditionSize > 0 ? random.matrix(this.data, this.conditionSize) : nil
    }

    func gradient(_ this: Case, _ precision: Precision, threads: Int = 1) throws -> (
      loss: Loss, gradient: Parameters<S>
    ) {
      try model.gradient(
        of: x, noise: noise, condition: condition, objective: this.objective, accumulation: this.accumulation,
        precision: precision, execution: Execution(threads: threads))
    }
  }

  /// Of each tensor, the gradient lies as near that in double precision as numbers of 8 bits allow: its error, as a vector, is
  /// some times 2⁻⁹ of its length.
  @Test(arguments: cases) func gradientsAreThoseOfDoubles(this: Case) throws {
    let mixed = try Question<Float>(this).gradient(this, .mixed)
    let double = try Question<Double>(this).gradient(this, .full)
    #expect(abs(mixed.loss.total - double.loss.total) < 0x1p-7 * abs(double.loss.total) + 0x1p-9)
    for name in double.gradient.names {
      let (a, b) = (mixed.gradient[name].map(Double.init), double.gradient[name])
      let error = relativeError(a, b)
      #expect(error < 0x1p-5, "\(name): \(error)")
    }
  }

  /// No bit depends on the number of threads, though the tasks do.
  @Test(arguments: cases) func threadsChangeNothing(this: Case) throws {
    let question = try Question<Float>(this)
    let one = try question.gradient(this, .mixed)
    for threads in [2, 3, 4, 7, 16] {
      let more = try question.gradient(this, .mixed, threads: threads)
      #expect(one.loss == more.loss)
      let isSame = one.gradient == more.gradient
      #expect(isSame, "\(threads) threads")
    }
  }

  /// Codes, data and scores in mixed precision lie near those in single precision, and no bit of them depends on the number of
  /// threads.
  @Test(arguments: cases) func inference(this: Case) throws {
    let question = try Question<Float>(this)
    let model = question.model
    func ask(_ precision: Precision, threads: Int) throws -> [[Float]] {
      let inference = try Inference(model, precision: precision, execution: Execution(threads: threads))
      let posterior = inference.encode(question.x, condition: question.condition)
      return [
        posterior.mean.elements, posterior.logVariance.elements,
        inference.decode(posterior.mean, condition: question.condition).elements,
      ]
    }
    let (full, mixed) = (try ask(.full, threads: 1), try ask(.mixed, threads: 1))
    #expect(mixed != full)
    // The most probable category jumps.
    let isContinuous =
      !this.likelihood.settingValues.values.contains { $0.text.contains("category") }
      && this.likelihood.name != "category"
    for (a, b) in zip(full, mixed).prefix(isContinuous ? 3 : 2) {
      let error = relativeError(a.map(Double.init), b.map(Double.init))
      #expect(error < 0x1p-5, "\(error)")
    }
    for threads in [2, 3, 16] { #expect(try ask(.mixed, threads: threads) == mixed) }
  }

  @Test func scoresAndEvaluations() throws {
    let data = Dataset.synthetic(count: 90, side: 14, seed: 3)
    let model = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: 196, encoderHidden: [70], latentSize: 5), seed: 2)
    for score in [Score.negativeELBO(samples: 3), .negativeLogLikelihood(importanceSamples: 20)] {
      let (full, mixed) = (
        try model.score(data, by: score), try model.score(data, by: score, precision: .mixed)
      )
      #expect(full != mixed && relativeError(full, mixed) < 0x1p-9)
    }
    let (full, mixed) = (
      try model.evaluate(on: data, importanceSamples: 10),
      try model.evaluate(on: data, importanceSamples: 10, precision: .mixed)
    )
    #expect(full.loss != mixed.loss && abs(full.loss.total - mixed.loss.total) < 0x1p-9 * full.loss.total)
  }

  @Test func doublesAreRefused() throws {
    let this = Case(name: "")
    let question = try Question<Double>(this)
    #expect(throws: VAEError.self) { _ = try Inference(question.model, precision: .mixed) }
    let error = #expect(throws: VAEError.self) { try question.gradient(this, .mixed) }
    #expect(error?.kind == .configuration && error?.description.contains("Mixed precision") == true)
    var configuration = TrainingConfiguration()
    configuration.precision = .mixed
    #expect(throws: VAEError.self) { _ = try Trainer(question.model, configuration: configuration) }
    _ = try Trainer(question.model.converted(to: Float.self), configuration: configuration)
  }

  // MARK: Training

  private func trainer(
    threads: Int = 2, precision: Precision = .mixed, _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> Trainer<Float> {
    var configuration = TrainingConfiguration()
    (configuration.batchSize, configuration.precision) = (50, precision)
    change(&configuration)
    return try Trainer(
      VariationalAutoencoder(ModelConfiguration(dataSize: 256, encoderHidden: [70], latentSize: 5), seed: 1),
      configuration: configuration, execution: Execution(threads: threads))
  }

  /// Weights are packed anew after each step, and after going back: what a trainer does is what one does that
  /// starts from there.
  @Test func weightsAreThoseOfTheStep() throws {
    let data = Dataset.synthetic(count: 120)
    var trainer = try trainer()
    try trainer.trainEpoch(on: data)
    let checkpoint = try trainer.checkpoint()
    try trainer.trainEpoch(on: data)
    // (Copies, so that new parameters may come to lie where old ones were.)
    func values(_ trainer: borrowing Trainer<Float>) -> [[Float]] {
      trainer.model.parameters.names.map { trainer.model.parameters[$0] }
    }
    let second = values(trainer)
    var resumed = try Trainer(resuming: checkpoint, execution: Execution(threads: 1))
    try resumed.trainEpoch(on: data)
    #expect(values(resumed) == second)
    // The trainer's own weights are newer than those that it goes back to.
    for _ in 0..<3 {
      try trainer.restore(checkpoint)
      try trainer.trainEpoch(on: data)
      #expect(values(trainer) == second)
    }
  }

  /// Steps of plain gradient descent, clipped, of several passes, of weighted data: no bit depends on the number of threads,
  /// and where they lead is where those in single precision do.
  @Test func training() throws {
    let data = Dataset.synthetic(count: 90)
    let weighted = try data.weighted(by: (0..<90).map { Float(1 + $0 % 5 * $0 % 7) }, from: "weights")
    let kinds: [(any DataSource, (inout TrainingConfiguration) -> Void)] = [
      (data, { _ in }), (data, { $0.clipNorm = 2 }), (weighted, { $0.samplesPerDatum = 3 }),
      (weighted, { ($0.samplesPerDatum, $0.gradient) = (3, .accumulated()) }),
      (weighted, { ($0.samplesPerDatum, $0.objective) = (4, .importanceWeightedBound()) }),
      (data, { $0.binarization = .dynamic }), (weighted, { $0.clipNorm = 2 }),
    ]
    for (index, (data, change)) in kinds.enumerated() {
      /// How far each tensor is moved.
      func trained(_ threads: Int, _ precision: Precision) throws -> [String: [Double]] {
        var trainer = try trainer(threads: threads, precision: precision) {
          ($0.optimizer, $0.learningRate) = (.sgd(), 0.01)
          change(&$0)
        }
        let first = trainer.model.parameters
        for _ in 0..<2 { try trainer.trainEpoch(on: data) }
        let last = trainer.model.parameters
        return Dictionary(
          uniqueKeysWithValues: first.names.map { name in
            (name, zip(last[name], first[name]).map { Double($0) - Double($1) })
          })
      }
      let one = try trained(1, .mixed)
      for threads in [2, 5] {
        let more = try trained(threads, .mixed)
        #expect(one == more, "kind \(index), \(threads) threads")
      }
      for (name, way) in try trained(1, .full) {
        let error = relativeError(one[name]!, way)
        #expect(error > 0 && error < 0x1p-6, "kind \(index), \(name): \(error)")
      }
    }
  }

  /// A model without hidden layers whose mean is the difference of the first two columns.
  private func differenceModel(columns: Int, _ likelihood: Likelihood) throws -> VariationalAutoencoder<Float> {
    var model = try VariationalAutoencoder<Float>(
      ModelConfiguration(
        dataSize: columns, encoderHidden: [], latentSize: 1, decoderHidden: [], likelihood: likelihood),
      seed: 1)
    model.parameters["logvar.weight"] = Array(repeating: 0, count: columns)
    model.parameters["mean.weight"] = [1, -1] + Array(repeating: 0, count: columns - 2)
    return model
  }

  /// Numbers far from 0 keep the digits in which they differ, forward and in the gradient: the derivatives with respect to the weights of
  /// two columns are as the columns.
  @Test func dataKeepTheirDigits() throws {
    let columns: [Float] = [2001, 2003, 65535, -1000.5]
    let model = try differenceModel(columns: 4, .gaussian(variance: .fixed(1e6)))
    let x = Matrix<Float>(rows: 3, columns: 4, elements: (0..<3).flatMap { _ in columns })
    var random = TestRandom(6)
    let noise: Matrix<Float> = random.matrix(3, 1)
    let (mixed, full) = (
      try model.gradient(of: x, noise: noise, precision: .mixed), try model.gradient(of: x, noise: noise)
    )
    #expect(abs(mixed.loss.kl - full.loss.kl) < 1e-6 * full.loss.kl && full.loss.kl >= 2)
    for name in ["mean.weight", "logvar.weight"] {
      let gradient = mixed.gradient[name]
      for (a, b) in zip(gradient, columns) {
        #expect(abs(a / gradient[0] - b / columns[0]) < 0x1p-15 * abs(b / columns[0]))
      }
    }
  }

  /// So do conditions.
  @Test func conditionsKeepTheirDigits() throws {
    let columns: [Float] = [2001, 2003, 1]
    var model = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: 3, encoderHidden: [], latentSize: 1, decoderHidden: [], conditionSize: 3), seed: 1)
    model.parameters["logvar.weight"] = Array(repeating: 0, count: 6)
    model.parameters["mean.weight"] = [0, 0, 0, 1, -1, 0]
    let x = Matrix<Float>(rows: 3, columns: 3, elements: Array(repeating: 1, count: 9))
    let condition = Matrix<Float>(rows: 3, columns: 3, elements: (0..<3).flatMap { _ in columns })
    var random = TestRandom(7)
    let noise: Matrix<Float> = random.matrix(3, 1)
    let mixed = try model.gradient(of: x, noise: noise, condition: condition, precision: .mixed)
    let full = try model.gradient(of: x, noise: noise, condition: condition)
    #expect(abs(mixed.loss.kl - full.loss.kl) < 1e-6 * full.loss.kl && full.loss.kl >= 2)
    let gradient = Array(mixed.gradient["mean.weight"].suffix(3))
    for (a, b) in zip(gradient, columns) { #expect(abs(a / gradient[0] - b / 2001) < 0x1p-15 * b / 2001) }
  }

  /// Bytes are exact, whatever white is.
  @Test(arguments: [255, 100]) func bytesAreExact(white: Int) throws {
    let bytes: [UInt8] = [100, 99, 3, 77]
    var configuration = TrainingConfiguration()
    (configuration.precision, configuration.optimizer, configuration.learningRate) = (.mixed, .sgd(), 1)
    let model = try differenceModel(columns: 4, .bernoulli)
    var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: 1))
    try trainer.trainEpoch(
      on: Dataset(name: "bytes", bytes: (0..<7).flatMap { _ in bytes }, dataSize: 4, whiteLevel: .value(white)))
    for name in ["mean.weight", "logvar.weight"] {
      let steps = zip(trainer.model.parameters[name], model.parameters[name]).map { Double($0) - Double($1) }
      for (step, byte) in zip(steps, bytes) {
        #expect(abs(step / steps[2] - Double(byte) / 3) < 1e-4 * Double(byte) / 3, "\(name): \(steps)")
      }
    }
  }
}

/// The length of the difference of two vectors, by that of the second.
private func relativeError(_ a: [Double], _ b: [Double]) -> Double {
  func length(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
  return length(zip(a, b).map { $0 - $1 }) / max(length(b), 1e-9)
}
