import CommandSupport
import Foundation
import VAECore

/// The checkpoints of a run, from which it can go on: files named by their steps.
struct CheckpointFolder {
  let path: String
  /// How many are kept, the last, and how many of the scheduled ones.
  let keep: Int
  /// Whether a run saves at a step wherever it was interrupted: at the ends of epochs and every so many steps. Going back
  /// after a divergence leads there, so that it does not depend on interruptions.
  let isScheduled: (_ step: Int) -> Bool

  /// The steps of the checkpoints, the last first.
  var steps: [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.compactMap(CheckpointFolder.step(of:)).sorted(by: >)
  }

  /// The last checkpoint's path.
  var newest: String? { steps.first.map(file) }

  func file(_ step: Int) -> String {
    path.path(of: "step-\(String(format: "%09d", step)).safetensors")
  }

  private static func step(of name: String) -> Int? {
    guard name.hasPrefix("step-"), name.hasSuffix(".safetensors") else { return nil }
    return Int(name.dropFirst("step-".count).dropLast(".safetensors".count))
  }

  /// Writes a checkpoint, and only then removes what is one too many.
  func write(_ checkpoint: Checkpoint<Float>) throws(VAEError) {
    if mkdir(path, 0o777) != 0 && errno != EEXIST { throw .cannotWrite(path) }
    do throws(VAEError) {
      try checkpoint.write(to: file(checkpoint.step))
    } catch {
      // Where it holds nothing: a folder without a checkpoint is no run's.
      rmdir(path)
      throw error
    }
    prune(except: checkpoint.step)
  }

  /// Removes what is one too many. How many scheduled ones stay does not depend on the others, which interruptions make:
  /// going back leads to them.
  func prune(except step: Int? = nil) {
    let steps = steps
    let kept = Set(steps.prefix(keep) + steps.filter(isScheduled).prefix(keep))
    for other in steps where other != step && !kept.contains(other) { unlink(file(other)) }
  }

  /// The last checkpoint that can be read; one that is damaged is named and set aside.
  ///
  /// - Throws: where there is none, or the last is of a newer version.
  func readNewest() throws(VAEError) -> Checkpoint<Float> { try read(firstOf: steps) }

  /// The checkpoint to go back to after a divergence: the last scheduled one. Where none is from behind the divergence
  /// before, half the rate did not lead further, and what that rollback led to may be ruined already: then the one before
  /// that, or the first where there is none.
  func readForRollback(after last: TrainingState<Float>.Rollback?) throws(VAEError) -> Checkpoint<Float> {
    let scheduled = steps.filter(isScheduled)
    guard let last, scheduled.allSatisfy({ $0 <= last.from }) else { return try read(firstOf: scheduled) }
    return try read(firstOf: scheduled.filter { $0 < last.to } + scheduled.reversed())
  }

  /// The first checkpoint of some steps' that can be read.
  private func read(firstOf steps: some Sequence<Int>) throws(VAEError) -> Checkpoint<Float> {
    var problems: [String] = []
    for step in steps {
      do throws(VAEError) {
        let checkpoint = try Checkpoint<Float>(contentsOf: file(step))
        guard checkpoint.state != nil, checkpoint.step == step else {
          throw VAEError(.file, "\(file(step)) holds no state of a training after step \(step).")
        }
        for problem in problems { Terminal.note("\(problem) Going on from \(file(step)).") }
        return checkpoint
      } catch {
        if error.kind == .version { throw error }
        problems.append(error.description)
        rename(file(step), file(step) + ".damaged")
      }
    }
    throw VAEError(
      .file,
      problems.isEmpty
        ? "There is no checkpoint in \(path): train anew, with --out and --overwrite."
        : "No checkpoint in \(path) can be read: \(problems[0])")
  }

  /// Removes the checkpoints behind a step, the last first: a process that is killed meanwhile leaves a run that was killed
  /// earlier.
  func remove(after step: Int) {
    for other in steps where other > step { unlink(file(other)) }
  }

  /// Removes what a killed process left in the middle of a write.
  func removeLeftovers() { AtomicFile.removeLeftovers(in: path) { CheckpointFolder.step(of: $0) != nil } }
}

extension CheckpointFolder {
  /// An error that ends a run, with what there is to do about it.
  func advising(_ error: VAEError, _ folder: RunFolder, afterRollbacks rollbacks: Int = 0) -> VAEError {
    let failure = rollbacks > 0 ? " Going back \(rollbacks) times with lower rates did not help." : ""
    guard let newest, FileManager.default.fileExists(atPath: folder.configuration) else {
      return VAEError(error.kind, error.text + failure)
    }
    let next = error.kind == .numerics ? "" : "; once there is room, go on with: vae train --resume \(folder.path)"
    return VAEError(error.kind, "\(error.text)\(failure) The last good checkpoint is \(newest)\(next).")
  }
}
