import Foundation
import TestSupport
import Testing
import VAECore

/// The state of a training in a file: back bit for bit, or refused with a reason, never a trap.
struct CheckpointStateTests {
  @Test(arguments: OptimizerTests.optimizers) func roundTrip(optimizer: Optimizer) throws {
    try withTemporaryFolder { folder in
      var configuration = TrainingConfiguration()
      configuration.optimizer = optimizer
      configuration.batchSize = 7
      var trainer = try Trainer(
        VariationalAutoencoder<Float>(ModelConfiguration(dataSize: 25, encoderHidden: [4], latentSize: 2)),
        configuration: configuration, execution: Execution(threads: 1))
      try trainer.train(steps: 7, on: Dataset.synthetic(count: 20, side: 5))
      trainer.add(validationLoss: 0.1)
      trainer.add(validationLoss: 1 / 3)
      var checkpoint = try trainer.checkpoint()
      checkpoint.data["train"] = DataFingerprint(count: 20, dataSize: 25, checksum: .max)
      try checkpoint.write(to: folder.file("state"))
      let read = try Checkpoint<Float>(contentsOf: folder.file("state"))
      #expect(read.state == trainer.state && read.data == checkpoint.data)
      #expect(read.epoch == 2 && read.step == 7 && read.state?.position == 7)
      try read.write(to: folder.file("again"))
      #expect(try folder.bytes("again") == folder.bytes("state"))
      // A model for people is the same without.
      try read.withoutState.write(to: folder.file("model"))
      let model = try Checkpoint<Float>(contentsOf: folder.file("model"))
      #expect(model.state == nil && model.model.parameters == read.model.parameters && model.step == 7)
      let sizes = try ["state", "model"].map { try folder.bytes($0).count }
      let added = 4 * optimizer.stateCount * read.model.parameters.count
      #expect(sizes[0] > sizes[1] + added && sizes[0] < sizes[1] + added + 4000)
    }
  }

  /// Where a run went back to is there again; a file that does not know of it reads as one without.
  @Test func rollbacks() throws {
    try withTemporaryFolder { folder in
      let data = Dataset.synthetic(count: 20, side: 5)
      var trainer = try Trainer(
        VariationalAutoencoder<Float>(ModelConfiguration(dataSize: 25, encoderHidden: [4], latentSize: 2)),
        configuration: TrainingConfiguration(), execution: Execution(threads: 1))
      try trainer.train(steps: 2, on: data)
      let checkpoint = try trainer.checkpoint()
      try trainer.train(steps: 3, on: data)
      try trainer.restore(checkpoint, rollbacks: 4)
      try trainer.train(steps: 1, on: data)
      try trainer.checkpoint().write(to: folder.file("state"))
      let state = try #require(try Checkpoint<Float>(contentsOf: folder.file("state")).state)
      #expect(state == trainer.state && state.rollbacks == 4)
      #expect(state.lastRollback?.from == 5 && state.lastRollback?.to == 2)

      var file = try CheckpointFile(withState: true)
      try file.set("rollbacks", to: 4, in: "state")
      let older = try #require(try Checkpoint<Float>(contentsOf: folder.write(file.bytes, "older")).state)
      #expect(older.rollbacks == 4 && older.lastRollback == nil)
    }
  }

  typealias Damage = DamagedCheckpointTests.Damage

  static let damages: [Damage] = [
    Damage("a tensor is missing", "optimizer.second.output.bias", "missing") { $0.removeLastTensor() },
    Damage("tensors without a state", "optimizer.first.encoder.0.weight") { $0.metadata["state"] = nil },
    Damage("a state without settings", "settings") { $0.metadata["training"] = nil },
    Damage("a state in version 1", "state") { $0.metadata["version"] = "1" },
    Damage("another optimizer", "optimizer.first", "negative") {
      for constant in ["beta1", "beta2"] { try $0.set(constant, to: nil, in: "training") }
      try $0.set("optimizer", to: "adagrad", in: "training")
    },
    Damage("an optimizer with more state", "optimizer.first", "no tensor") {
      for constant in ["beta1", "beta2", "epsilon"] { try $0.set(constant, to: nil, in: "training") }
      try $0.set("optimizer", to: "sgd", in: "training")
    },
    Damage("another shape", "optimizer.first.mean.weight", "[3, 2]", "[2, 3]") {
      $0["optimizer.first.mean.weight", "shape"] = [3, 2]
    },
    Damage("negative step", "step", "-1") { $0.metadata["step"] = "-1" },
    Damage("a step beyond the noise", "step", "68719476736") { $0.metadata["step"] = "68719476736" },
    Damage("negative epoch", "epoch", "-5") { $0.metadata["epoch"] = "-5" },
    Damage("a position behind the end", "position", "6 of 4") { try $0.set("position", to: 6, in: "state") },
    Damage("negative position", "position", "-2") { try $0.set("position", to: -2, in: "state") },
    Damage("a position within a batch", "position 1", "batch size") {
      try $0.set("position", to: 1, in: "state")
    },
    Damage("very many data", "data_count") { try $0.set("data_count", to: Int.max, in: "state") },
    Damage("many rollbacks", "rollbacks") { try $0.set("rollbacks", to: 11, in: "state") },
    Damage("a rollback to a later step", "last_rollback", "4", "step 3") {
      try $0.set("last_rollback", to: ["from": 6, "to": 4], in: "state")
    },
    Damage("a rollback to a negative step", "last_rollback", "-1") {
      try $0.set("last_rollback", to: ["from": 6, "to": -1], in: "state")
    },
    Damage("a rollback forwards", "last_rollback", "from 1 to 2") {
      try $0.set("last_rollback", to: ["from": 1, "to": 2], in: "state")
    },
    Damage("a rollback from beyond the noise", "last_rollback") {
      try $0.set("last_rollback", to: ["from": Int.max, "to": 2], in: "state")
    },
    Damage("losses of other data", "losses") {
      try $0.set(
        "losses", to: ["count": 1, "sums": ["loss": 1, "reconstruction": 1, "kl": 0]] as [String: Any], in: "state")
    },
    Damage("impossible statistics", "statistics") {
      try $0.set(
        "statistics",
        to: ["steps": Int.max, "learning_rate": 1, "clipped_steps": 0, "bounded_log_variances": 0] as [String: Any],
        in: "state")
    },
    Damage("impossible history", "validation") {
      try $0.set(
        "validation", to: ["epochs_without_improvement": -1, "reductions": 0, "epochs_of_plateau": 0], in: "state")
    },
    Damage("no position", "state", "position") { try $0.set("position", to: nil, in: "state") },
    Damage("a state that is none", "state") { $0.metadata["state"] = "[]" },
    Damage("a negative sum of squares", "optimizer.second.output.bias", "negative") {
      $0.tensors[$0.tensors.count - 1] |= 0x80
    },
    Damage("NaN", "optimizer.second.output.bias", "not finite") {
      $0.tensors.replaceSubrange($0.tensors.count - 4..<$0.tensors.count, with: [0, 0, 0xc0, 0x7f])
    },
  ]

  @Test(arguments: damages) func refuses(_ damage: Damage) throws {
    try withTemporaryFolder { folder in
      var file = try CheckpointFile(withState: true)
      try damage.apply(&file)
      let path = try folder.write(file.bytes, "hostile.safetensors")
      let error = #expect(throws: VAEError.self) { _ = try Checkpoint<Float>(contentsOf: path) }
      #expect(error?.kind == .file)
      #expect(error?.lacks([path] + damage.words) == [], "\(error?.description ?? "")")
    }
  }

  /// A flipped bit gives an error or another state, with which training goes on or says why not.
  @Test func survivesFlippedBits() throws {
    try withTemporaryFolder { folder in
      let file = try CheckpointFile(withState: true)
      let bytes = try file.bytes
      var random = TestRandom(5)
      let data = Dataset(name: "bytes", bytes: (0..<16).map { 16 * $0 }, dataSize: 4, whiteLevel: .value(255))
      var refused = 0
      for position in stride(from: 0, to: bytes.count, by: 5) {
        var damaged = bytes
        damaged[position] ^= 1 << UInt8(random.integer(0...7))
        let path = try folder.write(damaged, "flipped")
        do {
          var trainer = try Trainer(resuming: Checkpoint<Float>(contentsOf: path), execution: Execution(threads: 1))
          try trainer.train(steps: 3, on: data)
        } catch is VAEError {
          refused += 1
        }
      }
      #expect(refused > 100)
    }
  }

  /// What the optimizer remembers must be finite to be written.
  @Test func refusesToWriteAfterADivergence() throws {
    try withTemporaryFolder { folder in
      var configuration = TrainingConfiguration()
      configuration.learningRate = 1e39
      var trainer = try Trainer(
        VariationalAutoencoder<Float>(ModelConfiguration(dataSize: 25, encoderHidden: [4], latentSize: 2)),
        configuration: configuration, execution: Execution(threads: 1))
      #expect(throws: VAEError.self) { try trainer.train(steps: 1, on: Dataset.synthetic(count: 20, side: 5)) }
      #expect(throws: VAEError.self) { try trainer.checkpoint().write(to: folder.file("state")) }
      #expect(folder.names == [])
    }
  }
}
