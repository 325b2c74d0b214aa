import CommandSupport
import Foundation
import VAECore

/// What a person hears of a training run.
struct TrainingReport {
  let plan: RunPlan
  /// Whether standard output is somebody else's.
  let isQuiet: Bool

  private func say(_ line: String) {
    if isQuiet { return Terminal.note(line) }
    print(line)
    // Now, and not when a pipe's buffer is full.
    fflush(nil)
  }

  func begin(parameterCount: Int) {
    let data = plan.data
    let others = [("validation", data.validation), ("test", data.test)].compactMap { name, part in
      part.map { "\($0.count) \(name)" }
    }
    let counts = (["\(data.train.count) training"] + others).joined(separator: others.count == 1 ? " and " : ", ")
    say("\(counts) data of \(data.train.dataSize) values, \(parameterCount) parameters")
  }

  func resume(_ state: TrainingState<Float>, isFinished: Bool, _ folder: RunFolder) {
    if isFinished {
      let reason =
        state.epoch < plan.training.epochs
        ? "its validation loss stopped improving" : "--epochs asks for more of them"
      say("The run in \(folder.path) is finished after \(state.epoch) epochs; \(reason).")
    } else {
      say("going on in epoch \(state.epoch + 1)/\(plan.training.epochs) behind step \(state.step)")
    }
  }

  func end(of metrics: EpochMetrics) {
    say(line(metrics))
    warn(of: metrics)
  }

  func interrupted(_ state: TrainingState<Float>, _ folder: RunFolder) {
    Terminal.note("interrupted after step \(state.step) and saved; go on with: vae train --resume \(folder.path)")
  }

  func stoppedEarly(_ state: TrainingState<Float>, _ folder: RunFolder) {
    say(
      "no improvement for \(state.validation.epochsWithoutImprovement) epochs: the training ends; the best model is "
        + folder.best)
  }

  func wentBack(from error: VAEError, to state: TrainingState<Float>) {
    Terminal.note(
      "\(error.description)\nback to step \(state.step) with the learning rate halved (\(state.rollbacks) of "
        + "\(TrainingState<Float>.mostRollbacks) times)")
  }

  private func line(_ metrics: EpochMetrics) -> String {
    let objective = plan.training.objective
    let sign = objective.bound == .evidence ? "=" : "beside"
    func text(_ name: String, _ loss: Loss?) -> String {
      loss.map { "  \(name) \($0.total.digits(2)) \(sign) \(lossTerms($0, objective))" } ?? ""
    }
    let number = String(metrics.epoch)
    let epochs = String(plan.training.epochs)
    let padding = String(repeating: " ", count: max(0, epochs.count - number.count))
    return "epoch \(padding)\(number)/\(epochs)  train \(metrics.train.total.digits(2))"
      + text("validation", metrics.validation) + text("test", metrics.test)
      + "  \(metrics.seconds.digits(1)) s  \(Int(metrics.imagesPerSecond)) images/s"
  }

  /// The log-variances that the bounds hold get no gradient; somebody should know.
  private func warn(of metrics: EpochMetrics) {
    if metrics.boundedLogVariances == 0 { return }
    let count = plan.data.train.count * plan.model.latentSize
    Terminal.note(
      "warning: \(metrics.boundedLogVariances) of \(count) log σ² in epoch \(metrics.epoch) lay outside "
        + "−30 … 20, where they are held and get no gradient: lower the learning rate, scale the data, or clip the "
        + "gradient")
  }
}

extension CheckpointFolder {
  /// An error that ends a run, with what there is to do about it.
  func advising(_ error: VAEError, _ folder: RunFolder, afterRollbacks rollbacks: Int = 0) -> VAEError {
    let failure = rollbacks > 0 ? " Going back \(rollbacks) times with lower rates did not help." : ""
    guard let newest, FileManager.default.fileExists(atPath: folder.configuration) else {
      return VAEError(error.kind, error.description + failure)
    }
    let remedy = error.kind == .numerics ? "" : "; once there is room, go on with: vae train --resume \(folder.path)"
    return VAEError(error.kind, "\(error.description)\(failure) The last good checkpoint is \(newest)\(remedy).")
  }
}

/// The time that an epoch takes, without that for saving in between.
struct EpochTime {
  private(set) var seconds = 0.0
  private var images = 0
  private var began = ContinuousClock.now
  private var seenBefore = 0

  mutating func start(seen: Int) { (began, seenBefore) = (.now, seen) }

  mutating func pause(seen: Int) {
    seconds += (ContinuousClock.now - began).inSeconds
    images += seen - seenBefore
  }

  var imagesPerSecond: Double { Double(images) / seconds }

  /// Images per second at this moment, while the epoch runs.
  func rate(seen: Int) -> Double {
    Double(images + seen - seenBefore) / (seconds + (ContinuousClock.now - began).inSeconds)
  }
}

/// The line that tells how far an epoch has come.
struct ProgressDisplay {
  let epochs: Int
  /// The data of an epoch.
  let count: Int
  let time: EpochTime
  private var lastDrawn = ContinuousClock.now

  init(epochs: Int, count: Int, time: EpochTime) {
    self.epochs = epochs
    self.count = count
    self.time = time
  }

  mutating func show(_ progress: Trainer<Float>.Progress) {
    guard Terminal.isInteractive else { return }
    let now = ContinuousClock.now
    guard now - lastDrawn > .milliseconds(100) else { return }
    lastDrawn = now
    let rate = time.rate(seen: progress.count)
    let remaining = Double(count * (epochs - progress.epoch + 1) - progress.count)
    Terminal.status(
      "epoch \(progress.epoch)/\(epochs)  step \(progress.step)/\(progress.steps)  loss \(progress.loss.total.digits(2))  "
        + "\(Int(rate)) images/s  \(clockTime(remaining / rate)) left")
  }
}
