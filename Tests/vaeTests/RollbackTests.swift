import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// Runs that diverge and go back, with half the learning rate, to a checkpoint that leads further.
struct RollbackTests {
  private let small = "--hidden 8 --latent 2 --batch-size 16 --likelihood gaussian --on-divergence rollback"

  /// Going back is the same wherever the run was resumed, and whatever was saved besides.
  @Test(arguments: [
    "--learning-rate 30 --likelihood bernoulli", "--learning-rate 1 --variance learned --checkpoint-steps 2",
    "--learning-rate 30 --checkpoint-steps 2 --checkpoint-minutes 1e-9",
  ]) func goesTheSameWayFromAnyCheckpoint(settings: String) throws {
    try withRunData { folder in
      let result = try folder.vae(
        "train --data data --out straight \(small) --optimizer sgd --epochs 4 --keep 100 \(settings)")
      #expect(stepsBack(result).count > 1)
      let all = folder.checkpoints(of: "straight")
      for (index, last) in all.dropLast().enumerated() where index % 2 == 0 || all.count < 10 {
        try FileManager.default.copyItem(atPath: folder.file("straight"), toPath: folder.file("cut"))
        for name in all where name > last { unlink(folder.file("cut" + name.dropFirst("straight".count))) }
        try folder.vae("train --resume cut")
        try folder.expectSame("cut", "straight")
        try FileManager.default.removeItem(atPath: folder.file("cut"))
      }
    }
  }

  @Test func givesUpAfterTenTimes() throws {
    try withRunData { folder in
      let result = try Tool.run(
        "train --data data --out run \(small) --learning-rate 1e300".split(separator: " ").map(String.init), in: folder)
      #expect(result.exited && result.status != 0)
      expectMessage(
        result.errors, ["10 times", "step 1", "run/checkpoints/step-000000000.safetensors"], "", #_sourceLocation)
    }
  }

  /// A rate that has ruined every checkpoint by the time it diverges: no lower one leads away from the last of them.
  @Test func leavesThemBehind() throws {
    try withRunData { folder in
      let result = try folder.vae(
        "train --data data --out run \(small) --variance learned --optimizer sgd --learning-rate 1 --checkpoint-steps 2 "
          + "--keep 100 --epochs 4")
      let steps = stepsBack(result)
      #expect(steps.count > 3 && steps == steps.sorted(by: >) && steps.last == 0, "\(steps)")
      let losses = try folder.metrics(of: "run").map { try #require(($0["test"] as? [String: Double])?["loss"]) }
      #expect(losses.count == 4 && losses.allSatisfy { $0 < 100 }, "\(losses)")
    }
  }

  // MARK: Where it goes back to

  /// The steps that a run went back to.
  private func stepsBack(_ result: Tool.Result) -> [Int] {
    result.errors.matches(of: /back to step ([0-9]+)/).map { Int($0.1)! }
  }

  private func name(_ step: Int, of run: String = "run") -> String {
    "\(run)/checkpoints/step-\(String(format: "%09d", step)).safetensors"
  }

  /// Makes a checkpoint one that is finite and leads nowhere: no loss is finite with such parameters.
  private func ruin(_ checkpoint: Checkpoint<Float>, in folder: TemporaryFolder) throws {
    var checkpoint = checkpoint
    for name in checkpoint.model.parameters.names {
      checkpoint.model.parameters[name] = checkpoint.model.parameters[name].map { _ in 1e30 }
    }
    try checkpoint.write(to: folder.file(name(checkpoint.step)))
  }

  private func checkpoint(_ step: Int, _ folder: TemporaryFolder) throws -> Checkpoint<Float> {
    try Checkpoint(contentsOf: folder.file(name(step)))
  }

  /// From one that is ruined to the one before, and on from there; only where there is none, to the same again.
  @Test(
    arguments: [
      ([14], 3, [14, 7]), ([14, 7], 3, [14, 7, 0]), ([14, 7], 2, [14] + Array(repeating: 7, count: 9)),
      ([14], 1, Array(repeating: 14, count: 10)),
    ] as [([Int], Int, [Int])])
  func leavesRuinedCheckpointsBehind(ruined: [Int], keep: Int, expected: [Int]) throws {
    try withRunData { folder in
      try folder.vae("train --data data --out run \(small) --epochs 2 --keep \(keep)")
      for step in ruined { try ruin(checkpoint(step, folder), in: folder) }
      let result = try Tool.run(["train", "--resume", "run", "--epochs", "4"], in: folder)
      #expect(stepsBack(result) == expected)
      guard expected.count < 10 else {
        return expectMessage(result.errors, ["not finite", "10 times", name(expected.last!)], "", #_sourceLocation)
      }
      #expect(result.exited && result.status == 0, "\(result.errors)")
      #expect(try folder.metrics(of: "run").map { $0["epoch"] as? Int } == [1, 2, 3, 4])
      let state = try #require(try checkpoint(28, folder).state)
      #expect(state.rollbacks == expected.count && state.lastRollback?.to == expected.last)
    }
  }

  /// A run is killed after it went back, from behind one step to step 7 or 14, and diverges again: before there was a
  /// scheduled checkpoint, with one from behind the divergence, or with one that is not.
  @Test(arguments: [(16, 17, 14, 7), (14, 20, 7, 0), (14, 14, 7, 0), (14, 10, 7, 14)])
  func theLastRollbackIsRemembered(step: Int, from: Int, to: Int, expected: Int) throws {
    try withRunData { folder in
      try folder.vae("train --data data --out run \(small) --epochs 2")
      let (data, target) = (try DataLocation.open(folder.file("data")).train, try checkpoint(to, folder))
      var trainer = try Trainer(resuming: target, execution: Execution(threads: 1))
      try trainer.train(steps: from - to, on: data)
      try trainer.restore(target, rollbacks: 1)
      try trainer.train(steps: step - to, on: data)
      var killed = try trainer.checkpoint()
      killed.data = target.data
      try ruin(killed, in: folder)
      let result = try folder.vae("train --resume run --epochs 4")
      #expect(stepsBack(result).first == expected)
    }
  }

  /// However many others there are, so many scheduled ones stay, and a run with them goes the same way.
  @Test func othersPushNoScheduledOnesOut() throws {
    try withRunData { folder in
      try folder.vae("train --data data --out few \(small) --epochs 2 --keep 2")
      try folder.vae("train --data data --out run \(small) --epochs 2 --keep 2 --checkpoint-minutes 1e-9")
      #expect(folder.checkpoints(of: "few") == [7, 14].map { name($0, of: "few") })
      #expect(folder.checkpoints(of: "run") == [7, 13, 14].map { name($0) })
      #expect(try folder.bytes(name(14)) == folder.bytes(name(14, of: "few")))
      try ruin(checkpoint(14, folder), in: folder)
      #expect(try stepsBack(folder.vae("train --resume run --epochs 3")) == [14, 7])
    }
  }

  /// A kill between a save and the removal of what is one too many leaves one more to go back to, which nobody else has.
  @Test func whatIsOneTooManyGoesFirst() throws {
    try withRunData { folder in
      try folder.vae("train --data data --out run \(small) --epochs 2 --keep 3")
      let first = try folder.bytes(name(0))
      try folder.vae("train --resume run --epochs 3")
      #expect(!folder.names.contains(name(0)))
      try folder.write(first, name(0))
      for step in [21, 14, 7] { try ruin(checkpoint(step, folder), in: folder) }
      let result = try Tool.run(["train", "--resume", "run", "--epochs", "4"], in: folder)
      #expect(stepsBack(result) == [21, 14] + Array(repeating: 7, count: 8))
    }
  }

  @Test func refusesACheckpointOfAnotherRun() throws {
    try withRunData { folder in
      try folder.vae("train --data data --out run \(small) --epochs 2")
      try folder.vae("train --data data --out other \(small) --epochs 1 --hidden 9")
      try ruin(checkpoint(14, folder), in: folder)
      try folder.write(folder.bytes(name(7, of: "other")), name(7))
      let result = try Tool.run(["train", "--resume", "run", "--epochs", "3"], in: folder)
      #expect(result.exited && result.status != 0)
      expectMessage(result.errors, [name(7), "another run"], "", #_sourceLocation)
    }
  }
}
