import ArgumentParser
import CommandSupport
import Foundation
import VAECore
import VAEFiles

/// Trains epoch by epoch, and leaves the run's folder such that whatever happens, training can go on from it.
struct TrainingRun: ~Copyable {
  let folder: RunFolder
  let plan: RunPlan
  let checkpoints: CheckpointFolder
  var trainer: Trainer<Float>
  let fingerprints: [String: DataFingerprint]
  let report: TrainingReport
  let ranks: Ranks
  /// A line for each epoch.
  var metrics = MetricsLog()
  private var lastSave = ContinuousClock.now
  private var epochTime = EpochTime()

  init(
    folder: RunFolder, plan: RunPlan, trainer: consuming Trainer<Float>, fingerprints: [String: DataFingerprint],
    ranks: Ranks, isQuiet: Bool
  ) {
    self.folder = folder
    self.plan = plan
    checkpoints = folder.checkpointFolder(plan)
    self.trainer = trainer
    self.fingerprints = fingerprints
    self.ranks = ranks
    report = TrainingReport(plan: plan, isQuiet: isQuiet)
  }

  /// Makes the folder a new run's: once its first checkpoint is there, whatever was there before goes.
  mutating func begin() throws {
    // From here on there is something to save.
    Interruption.listen(amongRanks: ranks.count > 1)
    report.begin(trainer)
    try report.ranks(ranks, trainer.execution)
    let checkpoint = try trainer.checkpoint()
    try ranks.whileOthersWait {
      checkpoints.removeLeftovers()
      let before = checkpoints.steps
      try write(checkpoint)
      for step in before where step != trainer.step { unlink(checkpoints.file(step)) }
      folder.removeResults()
      try AtomicFile.write(metrics.text, to: folder.metrics)
      try AtomicFile.write(try Terminal.json(plan, pretty: true) + "\n", to: folder.configuration)
      if plan.training.epochs == 0 { try save(checkpoint.withoutState) }
    }
  }

  /// Takes up what the folder holds, as of the checkpoint that the trainer goes on from.
  mutating func resume() throws {
    Interruption.listen(amongRanks: ranks.count > 1)
    if ranks.leads {
      checkpoints.removeLeftovers()
      // A kill may have come between a save and this.
      checkpoints.prune()
      metrics = try MetricsLog(contentsOf: folder.metrics)
      try cutBack()
      try AtomicFile.write(try Terminal.json(plan, pretty: true) + "\n", to: folder.configuration)
    }
    report.resume(trainer.state, isFinished: isFinished, folder)
    try report.ranks(ranks, trainer.execution)
  }

  /// Trains for the configured epochs, or until nothing improves any more; the last epoch's metrics.
  mutating func train() throws -> EpochMetrics? {
    while !isFinished {
      do {
        try trainEpoch()
        // Finished is finished, whatever came in between.
        let number = try ranks.largest(Interruption.signalNumber ?? 0)
        if number > 0 && !isFinished {
          report.interrupted(trainer.state, folder)
          throw ExitCode(128 + number)
        }
      } catch let error as VAEError where error.kind == .numerics {
        try goBack(from: error)
      }
    }
    if trainer.hasStoppedImproving { report.stoppedEarly(trainer.state, folder) }
    return metrics.last
  }

  private var isFinished: Bool { trainer.epoch >= plan.training.epochs || trainer.hasStoppedImproving }

  /// Trains to the epoch's end, or until there is something to save.
  private mutating func trainEpoch() throws {
    epochTime.start(seen: trainer.state.position)
    var seen = trainer.state.position
    let (checkpoints, policy, lastSave) = (checkpoints, plan.policy, lastSave)
    var display = ProgressDisplay(
      epochs: plan.training.epochs, count: plan.input.count, time: epochTime, noun: plan.noun)
    let train = try continueEpoch { progress in
      seen = progress.count
      display.show(progress)
      if Interruption.signalNumber != nil || checkpoints.isScheduled(progress.totalSteps) { return true }
      guard let minutes = policy.checkpointMinutes else { return false }
      return (ContinuousClock.now - lastSave).inSeconds >= 60 * minutes
    }
    epochTime.pause(seen: seen)
    Terminal.clearStatus()
    if let train { return try endEpoch(train) }
    let checkpoint = try trainer.checkpoint()
    try ranks.whileOthersWait { try write(checkpoint) }
    self.lastSave = .now
  }

  private mutating func continueEpoch(pausing pauses: (Trainer<Float>.Progress) -> Bool) throws -> Loss? {
    guard let pass = plan.input.pass else { return try trainer.continueEpoch(on: plan.data.train, pausing: pauses) }
    do {
      return try trainer.continueEpoch(on: pass, pausing: pauses)
    } catch let error as VAEError where error.kind != .numerics && Interruption.signalNumber != nil {
      // What the data came from was interrupted, too.
      return nil
    }
  }

  /// Judges the model, and saves it with all that belongs to it.
  private mutating func endEpoch(_ train: Loss) throws {
    let training = plan.training
    func evaluate(_ data: (any DataSource)?) throws -> Loss? {
      guard let data else { return nil }
      return try trainer.model.evaluate(
        on: data, samples: training.evaluationSamples, objective: training.objective,
        binarization: training.binarization, execution: trainer.execution.shown
      ).loss
    }
    let (test, validation) = (try evaluate(plan.data.test), try evaluate(plan.data.validation))
    Terminal.clearStatus()
    let statistics = trainer.statistics
    let line = EpochMetrics(
      epoch: trainer.epoch, step: trainer.step, train: train, test: test, validation: validation,
      learningRate: statistics.learningRate, clippedSteps: training.clipNorm.map { _ in statistics.clippedSteps },
      boundedLogVariances: statistics.boundedLogVariances, seconds: epochTime.seconds,
      dataPerSecond: epochTime.dataPerSecond)
    epochTime = EpochTime()
    let isBest = line.judged.map { trainer.add(validationLoss: $0.total) } ?? false
    try metrics.append(line)
    let checkpoint = try trainer.checkpoint()
    try ranks.whileOthersWait {
      try save(checkpoint.withoutState, isBest: isBest)
      try write(checkpoint)
    }
    lastSave = .now
    report.end(of: line)
  }

  /// Writes all that is for people and other programs. The checkpoint comes behind it: where one is there, all that it
  /// stands for is.
  private func save(_ checkpoint: Checkpoint<Float>, isBest: Bool = false) throws {
    do throws(VAEError) {
      if isBest { try checkpoint.write(to: folder.best) }
      try checkpoint.write(to: folder.model)
      try AtomicFile.write(metrics.text, to: folder.metrics)
    } catch {
      throw checkpoints.advising(error, folder)
    }
    try savePictures(of: checkpoint.model)
  }

  private func savePictures(of model: VariationalAutoencoder<Float>) throws {
    guard let shape = model.configuration.imageShape else { return folder.removePictures() }
    // By this process alone.
    let inference = Inference(model, execution: Execution(threads: trainer.execution.threads))
    let originals = try (plan.data.test ?? plan.data.train).prefix(32)
    try comparison(of: originals, by: inference, shape: shape, columns: 8).writePNG(to: folder.reconstructions)
    try GreyImage(grid: samples(by: inference), shape: shape, columns: 8).writePNG(to: folder.samples)
  }

  /// Images that the model makes up: with labels a row for each, from the same latent variables; with numbers those of
  /// some data.
  private func samples(by inference: Inference<Float>) throws -> Matrix<Float> {
    let model = inference.model
    let size = model.configuration.conditionSize
    if (1...64).contains(size) && plan.data.train.condition?.labels != nil {
      return try inference.decodeUnderEveryLabel(model.samplePrior(count: 8))
    }
    if size == 0 { return inference.sample(count: 64) }
    let some = try (plan.data.test ?? plan.data.train).prefix(64)
    return inference.sample(count: some.count, condition: try model.condition(of: some, 0..<some.count))
  }

  /// Writes a checkpoint from which training can go on.
  private func write(_ checkpoint: Checkpoint<Float>) throws {
    var checkpoint = checkpoint
    checkpoint.data = fingerprints
    do throws(VAEError) { try checkpoints.write(checkpoint) } catch { throw checkpoints.advising(error, folder) }
  }

  /// Goes back to a scheduled checkpoint with half the learning rate, if the run is to; throws otherwise.
  ///
  /// The model and the pictures stay those of the last epoch that has ended, until one ends again.
  private mutating func goBack(from error: VAEError) throws {
    let rollbacks = trainer.state.rollbacks + 1
    guard plan.policy.onDivergence == .rollback, rollbacks <= TrainingState<Float>.mostRollbacks else {
      // All ranks have the same sums.
      throw SharedFailure(error: checkpoints.advising(error, folder, afterRollbacks: rollbacks - 1))
    }
    var checkpoint = try ranks.checkpoint(in: checkpoints) {
      try checkpoints.readForRollback(after: trainer.state.lastRollback)
    }
    // A run that was told to go on for longer has earlier checkpoints of fewer epochs.
    checkpoint.training?.epochs = plan.training.epochs
    guard checkpoint.model.configuration == plan.model, checkpoint.training == plan.training,
      checkpoint.data == fingerprints
    else {
      throw VAEError(
        .file,
        "\(checkpoints.file(checkpoint.step)) is a checkpoint of another run: remove it, and go on with: vae train --resume "
          + folder.path)
    }
    try trainer.restore(checkpoint, rollbacks: rollbacks)
    epochTime = EpochTime()
    try cutBack()
    report.wentBack(from: error, to: trainer.state)
  }

  /// Leaves nothing in the folder that is from behind the trainer's step.
  private mutating func cutBack() throws {
    guard ranks.leads else { return metrics.cut(to: trainer.epoch) }
    checkpoints.remove(after: trainer.step)
    metrics.cut(to: trainer.epoch)
    try AtomicFile.write(metrics.text, to: folder.metrics)
  }
}

/// Data above their reconstructions.
func comparison(
  of data: Dataset, by inference: Inference<Float>, shape: ImageShape, columns: Int
) throws -> GreyImage {
  let originals = data.rows(0..<data.count, as: Float.self)
  let reconstructions = inference.reconstruct(
    originals, condition: try inference.model.condition(of: data, 0..<data.count))
  return GreyImage.comparison(originals, reconstructions, shape: shape, columns: columns)
}
