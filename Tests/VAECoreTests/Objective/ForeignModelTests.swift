import Foundation
import TestSupport
import Testing
import VAECore

/// Likelihoods and objectives of other programs, in plain arithmetic: the same as the library's own, whose kernels they do
/// not have.
struct ForeignModelTests {
  /// The library's Gaussian with a learned variance.
  struct PlainGaussian: LikelihoodModel {
    static let name = "plain-gaussian"
    static let usual = PlainGaussian()
    static let settings = [Setting("least", \PlainGaussian.least, "The least log σ².", .between(-30, 0))]

    var least = -10.0

    var formula: String { "as gaussian" }
    var domain: ValueDomain? { .finite }
    var term: ReconstructionTerm { .density }
    var hasMinimum: Bool { true }
    var takesBinarized: Bool { false }
    func isReal(dataSize: Int) -> [Bool] { Array(repeating: true, count: dataSize) }
    func outputs(dataSize: Int) -> [LayerOutput] {
      [
        LayerOutput(name: "output", size: dataSize, activation: .softplus),
        LayerOutput(name: "output_logvar", size: dataSize),
      ]
    }

    func evaluate(x: Span<Double>, outputs: Span<Double>, derivatives: inout MutableSpan<Double>) -> Double {
      var loss = 0.0
      for j in x.indices {
        let (error, s) = (outputs[j] - x[j], min(max(outputs[x.count + j], least), 10))
        let square = error * error * exp(-s)
        loss += 0.5 * (log(2 * Double.pi) + s + square)
        derivatives[j] = error * exp(-s)
        derivatives[x.count + j] = s == outputs[x.count + j] ? 0.5 * (1 - square) : 0
      }
      return loss
    }

    func mean(of outputs: Span<Double>, into mean: inout MutableSpan<Double>) {
      for j in mean.indices { mean[j] = outputs[j] }
    }

    func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
      for j in x.indices {
        var numbers = noise.numbers(column: j)
        x[j] = outputs[j] + exp(0.5 * min(max(outputs[x.count + j], least), 10)) * numbers.normal()
      }
    }
  }

  /// The evidence lower bound with its KL divergence in closed form, or sampled, or the importance-weighted bound.
  struct PlainBound: ObjectiveModel {
    enum Kind: String, CaseIterable, SettingRepresentable { case closed, sampled, weighted }

    static let name = "plain-bound"
    static let usual = PlainBound()
    static let settings = [
      Setting("kind", \PlainBound.kind, "Which."), Setting("weight", \PlainBound.weight, "β.", .notNegative),
    ]

    var kind = Kind.closed
    var weight = 1.0

    var description: String { "plain \(kind.rawValue)" }
    var couplesSamples: Bool { kind == .weighted }
    var usesImportanceWeights: Bool { kind == .weighted }
    var boundName: String? { nil }
    var betaOfSum: Double? { kind == .closed ? weight : nil }

    func scalingBeta(by factor: Double) -> PlainBound? { kind == .closed ? PlainBound(weight: factor * weight) : nil }

    func loss(_ datum: DatumTerms, derivatives: inout LossDerivatives) -> Double {
      let count = Double(datum.samples)
      guard kind == .weighted else {
        derivatives.kl = kind == .closed ? weight : 0
        for l in 0..<datum.samples {
          derivatives.reconstruction[l] = 1 / count
          derivatives.logRatios[l] = kind == .sampled ? weight / count : 0
        }
        let sampled = datum.logRatios.reduce(0, +) / count
        return datum.reconstruction.reduce(0, +) / count + weight * (kind == .closed ? datum.kl : sampled)
      }
      let largest = datum.logWeights.max()!
      let sum = datum.logWeights.reduce(0) { $0 + exp($1 - largest) }
      for (l, logWeight) in datum.logWeights.enumerated() {
        let weight = exp(logWeight - largest) / sum
        (derivatives.reconstruction[l], derivatives.logRatios[l]) = (weight, weight)
      }
      return log(count) - largest - log(sum)
    }
  }

  private func model(_ likelihood: Likelihood) throws -> VariationalAutoencoder<Double> {
    try randomModel(ModelConfiguration(dataSize: 6, encoderHidden: [5], latentSize: 2, likelihood: likelihood))
  }

  private let x: Matrix<Double> = .uniform(rows: 7, columns: 6)
  private let noise: Matrix<Double> = .standardNormal(rows: 7 * 4, columns: 2)
  private let own = Likelihood.gaussian(variance: .learned, mean: .softplus)

  @Test func aPlainLikelihoodIsTheSame() throws {
    let (kernel, plain) = (try model(own), try model(Likelihood(PlainGaussian())))
    func compare<S: Scalar>(_ type: S.Type, tolerance: Double) throws {
      let (x, noise) = (convert(x, to: type), convert(noise, to: type))
      let a = try kernel.converted(to: type).gradient(of: x, noise: noise)
      let b = try plain.converted(to: type).gradient(of: x, noise: noise, execution: Execution(threads: 3))
      #expect(relativeDifference([Double(a.loss.total)], [Double(b.loss.total)]) < tolerance)
      #expect(worstTensor(b.gradient) { a.gradient[$0].map(Double.init) }.difference < tolerance)
    }
    try compare(Double.self, tolerance: 1e-13)
    try compare(Float.self, tolerance: 1e-5)
    #expect(relativeDifference(kernel.reconstruct(x).elements, plain.reconstruct(x).elements) < 1e-14)
    let data = Dataset(name: "x", floats: x.elements.map { Float($0) }, dataSize: 6)
    #expect(relativeDifference(try kernel.score(data), try plain.score(data)) < 1e-13)
  }

  @Test(arguments: [GradientAccumulation.joint, .accumulated(samplesPerPass: 3)])
  func aPlainObjectiveIsTheSame(accumulation: GradientAccumulation) throws {
    let model = try model(own)
    for (plain, own) in [
      (PlainBound(weight: 0.7), Objective.evidenceLowerBound(beta: 0.7)),
      (PlainBound(kind: .weighted), .importanceWeightedBound()),
    ] where !(own.couplesSamples && accumulation != .joint) {
      let a = try model.gradient(of: x, noise: noise, objective: own, accumulation: accumulation)
      let b = try model.gradient(
        of: x, noise: noise, objective: Objective(plain), accumulation: accumulation, execution: Execution(threads: 2))
      #expect(relativeDifference([a.loss.total], [b.loss.total]) < 1e-13)
      #expect(worstTensor(b.gradient) { a.gradient[$0] }.difference < 1e-12)
      let data = Dataset(name: "x", floats: x.elements.map { Float($0) }, dataSize: 6)
      let (one, other) = (
        try model.evaluate(on: data, samples: 5, objective: own),
        try model.evaluate(on: data, samples: 5, objective: Objective(plain))
      )
      #expect(relativeDifference([one.loss.total], [other.loss.total]) < 1e-13)
      #expect(relativeDifference([one.standardError!], [other.standardError!]) < 1e-10)
    }
  }

  /// A foreign β warms up as the library's does.
  @Test func aPlainBetaWarmsUp() throws {
    var training = TrainingConfiguration()
    training.klWarmUp = .linear(epochs: 4)
    training.objective = Objective(PlainBound(weight: 3))
    try training.validate()
    #expect(training.objective(at: 1).beta == 0.75)
    training.objective = Objective(PlainBound(kind: .sampled))
    let error = #expect(throws: VAEError.self) { try training.validate() }
    #expect(error?.lacks("plain sampled", "warm up") == [])
  }

  /// Where the derivatives with respect to the samples' ratios do not add up to 1, and with weights of data.
  @Test func theSampledDivergence() throws {
    let model = try model(own)
    let objective = Objective(PlainBound(kind: .sampled, weight: 0.3))
    for accumulation in [GradientAccumulation.joint, .accumulated()] {
      let gradient = try model.gradient(of: x, noise: noise, objective: objective, accumulation: accumulation).gradient
      for address in gradient.addresses where address.number % 5 == 0 {
        func loss(_ step: Double) throws -> Double {
          var moved = model
          moved.parameters[address] += step
          return try moved.loss(of: x, noise: noise, objective: objective).total
        }
        let quotient = (try loss(1e-5) - loss(-1e-5)) / 2e-5
        #expect(abs(quotient - gradient[address]) < 1e-7, "\(address.tensor) \(address.index)")
      }
    }
  }

  /// A checkpoint names both, and is refused by a program that does not know them. (In a process of its own: what is
  /// registered is there for all.)
  @Test func checkpointsNameThem() async {
    await #expect(processExitsWith: .success) {
      try withTemporaryFolder { folder in
        let data = Dataset(name: "x", floats: (0..<42).map { Float($0 % 5) / 5 }, dataSize: 6)
        var training = TrainingConfiguration()
        (training.batchSize, training.objective) = (3, Objective(PlainBound(kind: .weighted)))
        training.samplesPerDatum = 2
        let configuration = ModelConfiguration(
          dataSize: 6, encoderHidden: [5], latentSize: 2, likelihood: Likelihood(PlainGaussian(least: -8)))
        var trainer = try Trainer(
          VariationalAutoencoder<Float>(configuration), configuration: training, execution: Execution(threads: 1))
        try trainer.train(steps: 2, on: data)
        let file = folder.file("model.safetensors")
        try trainer.checkpoint().write(to: file)
        func refusal(_ body: () throws -> Void) -> VAEError? {
          do { try body() } catch { return error as? VAEError }
          return nil
        }
        let unknown = refusal { _ = try Checkpoint<Float>(contentsOf: file) }
        guard unknown?.lacks(file, "plain-gaussian", "choose bernoulli") == [] else { fatalError("\(unknown as Any)") }
        try Likelihood.register(PlainGaussian.self)
        try Objective.register(PlainBound.self)
        // Again is no harm; a name that another has is.
        try Likelihood.register(PlainGaussian.self)
        let taken = refusal { try Objective.register(Taken.self) }
        guard taken?.lacks("elbo") == [] else { fatalError("\(taken as Any)") }
        let checkpoint = try Checkpoint<Float>(contentsOf: file)
        guard checkpoint.model.configuration == configuration && checkpoint.training == training else {
          fatalError("\(checkpoint)")
        }
        var resumed = try Trainer(resuming: checkpoint, execution: Execution(threads: 2))
        try trainer.train(steps: 4, on: data)
        try resumed.train(steps: 4, on: data)
        guard resumed.model.parameters == trainer.model.parameters else { fatalError("another training") }
      }
    }
  }

  /// An objective by the name of another.
  struct Taken: ObjectiveModel {
    static let name = "elbo"
    static let usual = Taken()
    static let settings: [Setting<Taken>] = []
    var description: String { "taken" }
    var couplesSamples: Bool { false }
    var usesImportanceWeights: Bool { false }
    var boundName: String? { nil }
    func loss(_ datum: DatumTerms, derivatives: inout LossDerivatives) -> Double { 0 }
  }

  private func convert<S: Scalar>(_ matrix: Matrix<Double>, to type: S.Type) -> Matrix<S> {
    Matrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { S($0) })
  }
}
