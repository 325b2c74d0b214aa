import CommandSupport
import Foundation
import VAECore
import VAEFiles

/// Trains epoch by epoch, and leaves the run's folder complete after each.
struct TrainingRun: ~Copyable {
  let folder: RunFolder
  let data: DataPair
  var trainer: Trainer<Float>
  let settings: RunSettings
  let threads: Int?
  /// Whether standard output is somebody else's.
  let isQuiet: Bool
  private var metricLines = ""

  init(
    folder: RunFolder, data: DataPair, trainer: consuming Trainer<Float>, settings: RunSettings, threads: Int?,
    isQuiet: Bool
  ) {
    self.folder = folder
    self.data = data
    self.trainer = trainer
    self.settings = settings
    self.threads = threads
    self.isQuiet = isQuiet
  }

  /// Trains for the configured epochs; the last epoch's metrics.
  mutating func train() throws -> EpochMetrics? {
    let epochs = trainer.configuration.epochs
    say(
      "\(data.train.count) training\(data.test.map { " and \($0.count) test" } ?? "") data of \(data.train.dataSize) "
        + "values, \(trainer.model.parameters.count) parameters")
    var last: EpochMetrics?
    if epochs == 0 { try save() }
    for epoch in 1..<(epochs + 1) {
      let start = ContinuousClock.now
      var lastDrawn = start
      let train = try trainer.trainEpoch(on: data.train) { [count = data.train.count] progress in
        let now = ContinuousClock.now
        guard Terminal.isInteractive, now - lastDrawn > .milliseconds(100) else { return }
        lastDrawn = now
        let rate = Double(progress.count) / (now - start).inSeconds
        let remaining = Double(count * (epochs - epoch + 1) - progress.count)
        Terminal.status(
          "epoch \(epoch)/\(epochs)  step \(progress.step)/\(progress.steps)  loss \(progress.loss.total.digits(2))  "
            + "\(Int(rate)) images/s  \(clockTime(remaining / rate)) left")
      }
      let seconds = (ContinuousClock.now - start).inSeconds
      Terminal.clearStatus()
      let test = try data.test.map { test in
        try trainer.model.evaluate(
          on: test, samples: trainer.configuration.evaluationSamples, objective: trainer.configuration.objective,
          binarization: trainer.configuration.binarization, threads: threads
        ).loss
      }
      let statistics = trainer.statistics
      let metrics = EpochMetrics(
        epoch: epoch, step: trainer.step, train: train, test: test, learningRate: statistics.learningRate,
        clippedSteps: trainer.configuration.clipNorm.map { _ in statistics.clippedSteps },
        boundedLogVariances: statistics.boundedLogVariances, seconds: seconds,
        imagesPerSecond: Double(data.train.count) / seconds)
      metricLines += try Terminal.json(metrics) + "\n"
      try save()
      say(line(metrics, epochs))
      warn(of: metrics)
      last = metrics
    }
    return last
  }

  private func say(_ line: String) {
    if isQuiet { return Terminal.note(line) }
    print(line)
    // Now, and not when a pipe's buffer is full.
    fflush(nil)
  }

  /// The log-variances that the bounds hold get no gradient; somebody should know.
  private func warn(of metrics: EpochMetrics) {
    if metrics.boundedLogVariances == 0 { return }
    let count = data.train.count * trainer.model.configuration.latentSize
    Terminal.note(
      "warning: \(metrics.boundedLogVariances) of \(count) log σ² in epoch \(metrics.epoch) lay outside "
        + "−30 … 20, where they are held and get no gradient: lower the learning rate, scale the data, or clip the "
        + "gradient")
  }

  private func line(_ metrics: EpochMetrics, _ epochs: Int) -> String {
    let objective = trainer.configuration.objective
    let sign = objective.bound == .evidence ? "=" : "beside"
    let test = metrics.test.map { "  test \($0.total.digits(2)) \(sign) \(lossTerms($0, objective))" }
    let number = String(metrics.epoch)
    let padding = String(repeating: " ", count: max(0, String(epochs).count - number.count))
    return "epoch \(padding)\(number)/\(epochs)  "
      + "train \(metrics.train.total.digits(2))\(test ?? "")  \(metrics.seconds.digits(1)) s  "
      + "\(Int(metrics.imagesPerSecond)) images/s"
  }

  /// Writes all files, the model first: whatever fails, the folder holds no settings of a model that is not there.
  private func save() throws {
    let model = trainer.model
    try Checkpoint(model: model, training: trainer.configuration, epoch: trainer.epoch, step: trainer.step)
      .write(to: folder.model)
    try AtomicFile.write(try Terminal.json(settings, pretty: true) + "\n", to: folder.configuration)
    try AtomicFile.write(metricLines, to: folder.metrics)
    guard let shape = model.configuration.imageShape else { return folder.removePictures() }
    let originals = try (data.test ?? data.train).prefix(32)
    try comparison(of: originals, by: model, shape: shape, columns: 8, threads: threads)
      .writePNG(to: folder.reconstructions)
    try GreyImage(grid: samples(of: model), shape: shape, columns: 8).writePNG(to: folder.samples)
  }

  /// Images that the model makes up: with labels a row for each, from the same latent variables; with numbers those of
  /// some data.
  private func samples(of model: VariationalAutoencoder<Float>) throws -> Matrix<Float> {
    let size = model.configuration.conditionSize
    if (1...64).contains(size) && data.train.condition?.labels != nil {
      return model.decodeUnderEveryLabel(
        .standardNormal(rows: 8, columns: model.configuration.latentSize), threads: threads)
    }
    if size == 0 { return model.sample(count: 64, threads: threads) }
    let some = try (data.test ?? data.train).prefix(64)
    return model.sample(count: some.count, condition: model.condition(of: some, 0..<some.count), threads: threads)
  }
}

/// Data above their reconstructions.
func comparison(
  of data: Dataset, by model: VariationalAutoencoder<Float>, shape: ImageShape, columns: Int, threads: Int?
) -> GreyImage {
  let originals = data.rows(0..<data.count, as: Float.self)
  let reconstructions = model.reconstruct(
    originals, condition: model.condition(of: data, 0..<data.count), threads: threads)
  return GreyImage.comparison(originals, reconstructions, shape: shape, columns: columns)
}
