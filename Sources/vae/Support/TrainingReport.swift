import CommandSupport
import Foundation
import VAECore

/// What a person hears of a training run.
struct TrainingReport {
  let plan: RunPlan
  /// Whether standard output is somebody else's.
  let isQuiet: Bool

  func say(_ line: String) {
    if isQuiet { return Terminal.note(line) }
    print(line)
    // Now, and not when a pipe's buffer is full.
    fflush(nil)
  }

  func begin(_ trainer: borrowing Trainer<Float>) {
    let data = plan.data
    let others = [("validation", data.validation), ("test", data.test)].compactMap { name, part in
      part.map { "\($0.count) \(name)" }
    }
    let train = plan.input.count.map { "\($0) training" } ?? "training"
    let counts = ([train] + others).joined(separator: others.count == 1 ? " and " : ", ")
    if plan.input.pass != nil { say("the data come once (standard input, or a pipe), and are trained on as they come") }
    for line in DataText.lines(data, arePart: plan.input.pass != nil) { say(line) }
    if let preset = plan.tablePreset { say("preset      \(preset.name): \(preset.summary)") }
    if data.train.columns?.schema != nil { say("likelihood  \(plan.model.likelihood.title)") }
    if plan.model.gaps.areTaken { say("gaps        \(DataText.gaps(plan.model.gaps, data.train.columns))") }
    say("\(counts) \(plan.noun) of \(data.train.dataSize) values, \(trainer.model.parameters.count) parameters")
    for remark in trainer.remarks { say(remark) }
    if let faster = trainer.fasterPrecision(on: data.train) {
      say("--precision \(faster.rawValue) takes about half the time on this processor")
    }
  }

  func resume(_ state: TrainingState<Float>, isFinished: Bool, _ folder: RunFolder) {
    if isFinished {
      let reason =
        state.epoch < plan.training.epochs
        ? "its validation loss stopped improving" : "--epochs asks for more of them"
      say("The run in \(folder.path) is finished after \(counted(state.epoch, "epoch")); \(reason).")
    } else {
      say("going on in epoch \(state.epoch + 1)/\(plan.training.epochs) behind step \(state.step)")
    }
  }

  /// A schedule over all epochs is another one over more of them.
  func rescheduled(from before: (epochs: Int, learningRate: Double), _ state: TrainingState<Float>) {
    let training = plan.training
    let learningRate = training.learningRate(step: state.step, epoch: Double(state.epoch))
    say(
      "the schedule \(training.schedule.name) runs over \(counted(training.epochs, "epoch")) from now on, not \(before.epochs): the "
        + "learning rate goes on at \(learningRate.short) instead of \(before.learningRate.short)")
  }

  func end(of metrics: EpochMetrics) {
    say(line(metrics))
    warn(of: metrics)
  }

  func interrupted(_ state: TrainingState<Float>, _ folder: RunFolder) {
    let input = plan.input.pass == nil ? "" : ", with the same input"
    Terminal.note(
      "interrupted after step \(state.step) and saved; go on with: vae train --resume \(folder.path)\(input)")
  }

  func stoppedEarly(_ state: TrainingState<Float>, _ folder: RunFolder) {
    say(
      "no improvement for \(counted(state.validation.epochsWithoutImprovement, "epoch")): the training ends; the best model is "
        + folder.best)
  }

  func wentBack(from error: VAEError, to state: TrainingState<Float>) {
    Terminal.note(
      "\(error.text)\nback to step \(state.step) with the learning rate halved (\(state.rollbacks) of "
        + "\(TrainingState<Float>.mostRollbacks) times)")
  }

  private func line(_ metrics: EpochMetrics) -> String {
    let objective = plan.training.objective
    let sign = objective.beta != nil ? "=" : "beside"
    func text(_ name: String, _ loss: Loss?) -> String {
      loss.map { "  \(name) \($0.total.digits(2)) \(sign) \(lossTerms($0, objective))" } ?? ""
    }
    let number = String(metrics.epoch)
    let epochs = String(plan.training.epochs)
    let padding = String(repeating: " ", count: max(0, epochs.count - number.count))
    return "epoch \(padding)\(number)/\(epochs)  train \(metrics.train.total.digits(2))"
      + text("validation", metrics.validation) + text("test", metrics.test)
      + "  \(metrics.seconds.digits(1)) s  \(Int(metrics.dataPerSecond)) \(plan.noun)/s"
  }

  /// The log-variances that the bounds hold get no gradient; somebody should know.
  private func warn(of metrics: EpochMetrics) {
    // Where somebody has set bounds, they are there to hold.
    if metrics.boundedLogVariances == 0 || plan.model.boundsLogVariance { return }
    let all = plan.input.count.map { " of \($0 * plan.model.latentSize)" } ?? ""
    Terminal.note(
      "warning: \(metrics.boundedLogVariances)\(all) log σ² in epoch \(metrics.epoch) lay outside "
        + "−30 … 20, where they are held and get no gradient: lower the learning rate, scale the data, or clip the "
        + "gradient")
  }
}
