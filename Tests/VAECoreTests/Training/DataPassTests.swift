import TestSupport
import Testing
import VAECore

/// Training on data that come once.
struct DataPassTests {
  private static let count = 37

  /// Data that say who they are, all small enough for tanh to tell them apart.
  private static let data = Dataset(
    name: "numbers", floats: (0..<count).flatMap { [Float($0) / 37, Float($0 * $0) / 1369, 1] }, dataSize: 3)

  /// A stream that does not say how many data it has, and fails where it is told to.
  private struct TestStream: DataStream {
    var base: SourceStream
    var failsFrom = Int.max
    private var position = 0

    var name: String { base.name }
    var count: Int? { nil }
    var dataSize: Int { base.dataSize }
    var imageShape: ImageShape? { base.imageShape }
    var storedType: StoredType { base.storedType }

    init(_ data: Dataset, failsFrom: Int = .max) { (base, self.failsFrom) = (SourceStream(data), failsFrom) }

    /// Seven at a time, so that windows take several pieces.
    mutating func next(_ count: Int) throws(VAEError) -> Dataset {
      if position >= failsFrom { throw VAEError(.file, "the line is dead") }
      let piece = try base.next(min(count, 7))
      position += piece.count
      return piece
    }
  }

  private func stream(isCounted: Bool) -> any DataStream {
    isCounted ? SourceStream(Self.data) : TestStream(Self.data)
  }

  private func trainer(batchSize: Int, learningRate: Double = 0.01, threads: Int = 1) throws -> Trainer<Double> {
    var configuration = TrainingConfiguration()
    configuration.batchSize = batchSize
    configuration.learningRate = learningRate
    configuration.seed = 5
    let model = try VariationalAutoencoder<Double>(
      ModelConfiguration(dataSize: 3, encoderHidden: [4], latentSize: 2, likelihood: .squaredError()))
    return try Trainer(model, configuration: configuration, execution: Execution(threads: threads))
  }

  private func expectError(
    _ words: String..., sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    let error = #expect(throws: VAEError.self, sourceLocation: sourceLocation) { try body() }
    #expect(error?.lacks(words) == [], sourceLocation: sourceLocation)
  }

  /// The data of each step, known by their KL divergence, which no noise is in.
  private func order(of pass: DataPass) throws -> [Int] {
    var trainer = try trainer(batchSize: 1, learningRate: 0)
    let divergences = try (0..<Self.count).map { try trainer.model.evaluate(on: Self.data.read($0..<$0 + 1)).loss.kl }
    var sum = 0.0
    var steps: [Int] = []
    try trainer.trainEpoch(on: pass) { progress in
      let own = progress.loss.kl * Double(progress.count) - sum
      sum += own
      steps.append(divergences.indices.min { abs(divergences[$0] - own) < abs(divergences[$1] - own) }!)
    }
    return steps
  }

  @Test(arguments: [1, 4, 10, 36, 37, 38], [false, true])
  func eachDatumOnceWithinItsWindow(windowSize: Int, isCounted: Bool) throws {
    let steps = try order(of: DataPass(of: stream(isCounted: isCounted), windowSize: windowSize))
    #expect(steps.count == Self.count)
    for first in stride(from: 0, to: Self.count, by: windowSize) {
      let window = first..<min(first + windowSize, Self.count)
      #expect(steps[window].sorted() == Array(window))
      #expect(window.count < 5 || steps[window] != ArraySlice(window))
    }
  }

  /// What is drawn for a datum depends on where it is in the stream, not in its window: its binary values are the same
  /// whatever the windows are.
  @Test func noiseIsOfThePosition() throws {
    func divergences(windowSize: Int) throws -> [Double] {
      var configuration = TrainingConfiguration()
      (configuration.batchSize, configuration.learningRate, configuration.binarization) = (1, 0, .dynamic)
      let model = try VariationalAutoencoder<Double>(
        ModelConfiguration(dataSize: 24, encoderHidden: [4], latentSize: 2))
      var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: 1))
      let data = Dataset(name: "grey", floats: Array(repeating: 0.5, count: 24 * Self.count), dataSize: 24)
      var sums = [0.0]
      try trainer.trainEpoch(on: DataPass(of: SourceStream(data), windowSize: windowSize)) {
        sums.append($0.loss.kl * Double($0.count))
      }
      return zip(sums, sums.dropFirst()).map { $1 - $0 }.sorted()
    }
    let expected = try divergences(windowSize: 37)
    #expect(Set(expected).count > 30)
    #expect(try relativeDifference(divergences(windowSize: 10), expected) < 1e-9)
  }

  /// Minibatches lie across windows; how many threads there are, and whether the number of data is known, changes nothing.
  @Test(arguments: [7, 10, 100]) func joinsWindows(windowSize: Int) throws {
    func train(isCounted: Bool, threads: Int) throws -> (Parameters<Double>, Loss, steps: Int) {
      var trainer = try trainer(batchSize: 6, threads: threads)
      let loss = try trainer.trainEpoch(on: DataPass(of: stream(isCounted: isCounted), windowSize: windowSize)) {
        #expect($0.epoch == 1 && $0.steps == (isCounted ? 7 : nil) && $0.totalSteps == $0.step)
      }
      #expect(trainer.epoch == 1 && trainer.state.position == 0)
      return (trainer.model.parameters, loss, trainer.step)
    }
    let first = try train(isCounted: true, threads: 1)
    #expect(first.steps == 7)
    for other in try [train(isCounted: false, threads: 1), train(isCounted: true, threads: 3)] {
      let isEqual = first.0 == other.0 && first.1 == other.1
      #expect(isEqual)
    }
    // The mean of all data's losses, whatever the minibatches are.
    var still = try trainer(batchSize: 6, learningRate: 0)
    let kl = try still.trainEpoch(on: DataPass(of: stream(isCounted: false), windowSize: windowSize)).kl
    #expect(relativeDifference([kl], [try still.model.evaluate(on: Self.data).loss.kl]) < 1e-12)
  }

  /// From any step on, with the same data from their beginning.
  @Test(arguments: [false, true]) func resumes(isCounted: Bool) throws {
    func pass() throws -> DataPass { try DataPass(of: stream(isCounted: isCounted), windowSize: 10) }
    var straight = try trainer(batchSize: 4)
    let loss = try straight.trainEpoch(on: pass())
    for step in 1...9 {
      var trainer = try trainer(batchSize: 4)
      #expect(try trainer.continueEpoch(on: pass()) { $0.step == step } == nil)
      #expect(trainer.state.position == 4 * step && trainer.state.dataCount == (isCounted ? Self.count : 0))
      var resumed = try Trainer(resuming: trainer.checkpoint(), execution: Execution(threads: 2))
      let isEqual = try resumed.trainEpoch(on: pass()) == loss && resumed.model.parameters == straight.model.parameters
      #expect(isEqual, "from step \(step)")
      #expect(resumed.state == straight.state)
    }
  }

  @Test func comesOnce() throws {
    var trainer = try trainer(batchSize: 4)
    let pass = try DataPass(of: stream(isCounted: true), windowSize: 10)
    try trainer.trainEpoch(on: pass)
    expectError("numbers", "once", "file") { try trainer.trainEpoch(on: pass) }
    let half = try DataPass(of: stream(isCounted: true), windowSize: 10)
    let before = try trainer.checkpoint()
    try trainer.continueEpoch(on: half) { $0.step == 5 }
    try trainer.restore(before)
    expectError("numbers", "once", "passed") { try trainer.trainEpoch(on: half) }
  }

  /// What depends on how far the epoch has come needs to know how long it is.
  @Test func changesWithinAnEpochNeedACount() throws {
    for change: (inout TrainingConfiguration) -> Void in [
      { $0.schedule = .cosine() }, { $0.schedule = .exponential() }, { $0.klWarmUp = .linear(epochs: 1) },
    ] {
      var configuration = TrainingConfiguration()
      change(&configuration)
      let model = try VariationalAutoencoder<Double>(
        ModelConfiguration(dataSize: 3, encoderHidden: [4], latentSize: 2, likelihood: .squaredError()))
      var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: 1))
      expectError("numbers", "how many", "constant") {
        try trainer.trainEpoch(on: DataPass(of: stream(isCounted: false), windowSize: 10))
      }
      try trainer.trainEpoch(on: DataPass(of: stream(isCounted: true), windowSize: 10))
    }
  }

  /// What cannot be read, or is not the model's, ends the epoch, whose steps so far are good.
  @Test func failures() throws {
    var trainer = try trainer(batchSize: 4)
    let broken = try DataPass(of: TestStream(Self.data, failsFrom: 21), windowSize: 10)
    expectError("the line is dead") { try trainer.trainEpoch(on: broken) }
    expectError("the line is dead") { try trainer.trainEpoch(on: broken) }
    #expect(trainer.step == 5 && trainer.state.position == 20)
    _ = try trainer.checkpoint()
    expectError("the line is dead") { _ = try DataPass(of: TestStream(Self.data, failsFrom: 0), windowSize: 10) }

    let model = try VariationalAutoencoder<Double>(ModelConfiguration(dataSize: 3, encoderHidden: [4], latentSize: 2))
    var values = [Float](repeating: 0.5, count: 60)
    values[47] = 1.5
    var bernoulli = try Trainer(model, configuration: TrainingConfiguration(), execution: Execution(threads: 1))
    expectError("1.5", "bernoulli") {
      let data = Dataset(name: "values", floats: values, dataSize: 3)
      try bernoulli.trainEpoch(on: DataPass(of: SourceStream(data), windowSize: 5))
    }
    expectError("empty") {
      let data = Dataset(name: "nothing", floats: [], dataSize: 3)
      try bernoulli.trainEpoch(on: DataPass(of: SourceStream(data), windowSize: 5))
    }
    expectError("values each", "3") {
      let data = Dataset(name: "wide", floats: [1, 1, 1, 1], dataSize: 4)
      try bernoulli.trainEpoch(on: DataPass(of: SourceStream(data), windowSize: 5))
    }
  }

  /// A datum takes 12 bytes, and 24 for its place in the order: 37 of them fit where four windows are longer.
  @Test func readsWhatFits() throws {
    for (memory, windowSize) in [(36 * 4 * 10, 10), (36 * 4 * 9, 9), (36 * 4, 1), (1, 1)] {
      switch try DataPass.read(stream(isCounted: false), memory: memory) {
      case .all(let data):
        #expect(windowSize == 10)
        #expect(data.count == Self.count && data.rows(0..<37) == Self.data.rows(0..<37, as: Float.self))
      case .more(let pass):
        #expect(pass.windowSize == windowSize && windowSize < 10 && pass.first.count == windowSize)
        let read = try order(of: pass)
        #expect(try read == order(of: DataPass(of: stream(isCounted: true), windowSize: windowSize)))
      }
    }
  }
}
