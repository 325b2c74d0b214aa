import CommandSupport
import VAECore

/// A trainer on random data, ready to be timed.
final class TrainingSteps {
  private var trainer: Trainer<Float>
  private let data: Dataset
  let stepsPerEpoch: Int

  /// On so many threads, the work cut as for `width` of them, where that is given.
  init(
    _ model: ModelConfiguration, _ training: TrainingConfiguration, threads: Int, width: Int? = nil,
    stepsPerEpoch: Int = 10, communicator: (any Communicator)? = nil
  ) throws {
    let vae = try VariationalAutoencoder<Float>(model)
    var execution = Execution(threads: threads, communicator: communicator)
    execution.width = width
    trainer = try Trainer(vae, configuration: training, execution: execution)
    self.stepsPerEpoch = stepsPerEpoch
    data = .noise(count: training.batchSize * stepsPerEpoch, dataSize: model.dataSize)
  }

  /// The mean seconds per step over some steps.
  func time() throws -> Double { try seconds { try trainer.trainEpoch(on: data) } / Double(stepsPerEpoch) }

  /// Of an epoch, the seconds of each task of each round, and those per step that are in no round.
  func taskTimes() throws -> (rounds: [[Double]], serial: Double) {
    let times = TaskTimes()
    trainer.taskTimes = times
    defer { trainer.taskTimes = nil }
    let perStep = try time()
    return (times.tasks, perStep - times.ofRounds / Double(stepsPerEpoch))
  }

  /// The seconds per step that each kind of work takes, of all threads together.
  func profile(epochs: Int, threads: Int) throws -> [StepProfile.Work: Double] {
    let profile = StepProfile(threads: threads)
    trainer.profile = profile
    for _ in 0..<epochs { try trainer.trainEpoch(on: data) }
    trainer.profile = nil
    return profile.totals.mapValues { $0 / Double(epochs * stepsPerEpoch) }
  }
}

extension Dataset {
  /// Bytes without structure.
  static func noise(count: Int, dataSize: Int) -> Dataset {
    var generator = PhiloxGenerator(NoiseStream(seed: 1, purpose: .synthesis))
    var bytes = [UInt8](repeating: 0, count: count * dataSize)
    for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: generator.nextWord()) }
    return Dataset(name: "noise", bytes: bytes, dataSize: dataSize, whiteLevel: .value(255))
  }
}

/// Checks that the step's gradient in its precision is the one in `Double`, before it is timed: to 10⁻⁴ of the largest element, or, of
/// products of bfloat16 numbers, whose precision is 2⁻⁹, to 2⁻⁶.
func checkGradient(_ shape: StepShape, threads: Int) throws {
  try shape.model.validate()
  let data = Dataset.noise(count: min(shape.batchSize, 8), dataSize: shape.dataSize)
  var generator = PhiloxGenerator(NoiseStream(seed: 2, purpose: .synthesis))
  let samples = min(shape.samples, 3)
  let noise = (0..<data.count * samples * shape.latent).map { _ in 2 * generator.nextUniform() - 1 }
  func gradient<S: Scalar>(_ type: S.Type, _ precision: Precision) throws -> [Double] {
    let model = try VariationalAutoencoder<S>(shape.model)
    let result = try model.gradient(
      of: data.rows(0..<data.count),
      noise: Matrix(rows: data.count * samples, columns: shape.latent, elements: noise.map { S($0) }),
      precision: precision,
      execution: Execution(threads: threads))
    return result.gradient.names.flatMap { result.gradient[$0].map(Double.init) }
  }
  let single = try gradient(Float.self, shape.precision)
  let double = try gradient(Double.self, .full)
  let allowed =
    switch shape.precision {
    case .full: 1e-4
    case .mixed: 0x1p-6
    }
  let scale = double.map(abs).max() ?? 0
  let worst = zip(single, double).map { abs($0 - $1) }.max() ?? 0
  guard worst <= allowed * scale else {
    throw VAEError(.numerics, "The gradient is off by \(worst / scale) of its largest element.")
  }
}
