import Foundation
import TestSupport
import Testing
import VAECore

/// Schedules against their formulas at named steps, and by their names.
struct LearningRateScheduleTests {
  private func factor(_ schedule: LearningRateSchedule, _ epoch: Double, of epochs: Int = 20) -> Double {
    schedule.factor(step: 0, epoch: epoch, epochs: epochs)
  }

  private func expect(_ factor: Double, _ expected: Double) {
    #expect(abs(factor - expected) <= 1e-14 * max(1, expected))
  }

  @Test func constant() {
    for epoch in [0, 0.5, 1000] { #expect(factor(.constant(), epoch) == 1) }
  }

  @Test func steps() {
    let schedule = LearningRateSchedule.step(factor: 0.5, epochs: 3)
    for (epoch, expected) in [(0, 1), (2.999, 1), (3, 0.5), (5.9, 0.5), (6, 0.25), (30, 1.0 / 1024)] {
      expect(factor(schedule, epoch), expected)
    }
  }

  @Test func exponential() {
    for (epoch, expected) in [(0, 1), (1, 0.81), (2, 0.6561), (0.5, 0.9)] {
      expect(factor(.exponential(factor: 0.81), epoch), expected)
    }
  }

  @Test func cosine() {
    let root = 2.0.squareRoot()
    let expected: [(Double, Double)] = [(0, 1), (5, 0.5 + 0.25 * root), (10, 0.5), (15, 0.5 - 0.25 * root), (20, 0)]
    for (epoch, expected) in expected {
      expect(factor(.cosine(), epoch), expected)
      // Down to a tenth.
      expect(factor(.cosine(factor: 0.1), epoch), 0.1 + 0.9 * expected)
      // In half the time.
      expect(factor(.cosine(epochs: 10), epoch / 2), expected)
    }
    for epoch in [20, 21, 1e6] { expect(factor(.cosine(factor: 0.1), epoch), 0.1) }
  }

  /// 1, 3, 9, … 2187 epochs, each stage at 10^(−1/7) of the one before.
  @Test func burda() {
    let starts = [0, 1, 4, 13, 40, 121, 364, 1093]
    for (stage, start) in starts.enumerated() {
      let expected = pow(10, -Double(stage) / 7)
      for epoch in [Double(start), Double(start) + 0.99] { expect(factor(.burda(), epoch, of: 3280), expected) }
      if stage < 7 { expect(factor(.burda(), Double(starts[stage + 1]) - 0.01), expected) }
    }
    for epoch in [3279, 3280, 1e6] { expect(factor(.burda(), epoch), 0.1) }
  }

  @Test func plateau() {
    let schedule = LearningRateSchedule.plateau(factor: 0.5, epochs: 3)
    for (reductions, expected) in [(0, 1), (1, 0.5), (4, 0.0625)] {
      expect(schedule.factor(step: 9, epoch: 7, epochs: 20, reductions: reductions), expected)
    }
  }

  @Test func warmup() {
    let schedule = LearningRateSchedule.step(factor: 0.5, epochs: 1, warmupSteps: 4)
    for (step, epoch, expected) in [(0, 0, 0.25), (1, 0, 0.5), (2, 1, 0.375), (3, 1, 0.5), (4, 1, 0.5), (9, 2, 0.25)] {
      expect(schedule.factor(step: step, epoch: Double(epoch), epochs: 3), expected)
    }
    #expect(LearningRateSchedule.constant(warmupSteps: 1).factor(step: 0, epoch: 0, epochs: 1) == 1)
  }

  static let schedules: [LearningRateSchedule] = [
    .constant(), .constant(warmupSteps: 7), .step(factor: 0.2, epochs: 4), .exponential(factor: 0.9), .cosine(),
    .cosine(factor: 0.01, epochs: 9, warmupSteps: 3), .burda(), .plateau(factor: 0.3, epochs: 2),
  ]

  @Test(arguments: schedules) func roundTrip(schedule: LearningRateSchedule) throws {
    var training = TrainingConfiguration()
    training.schedule = schedule
    let read = try JSONDecoder().decode(TrainingConfiguration.self, from: JSONEncoder().encode(training))
    #expect(read == training)
    #expect(LearningRateSchedule.names.contains(schedule.name))
    try training.validate()
  }

  @Test(arguments: [
    (#"{"schedule": "linear"}"#, ["schedule", "linear", "constant, step, exponential, cosine, burda"]),
    (#"{"schedule_factor": 0.5}"#, ["constant", "schedule_factor"]),
    (#"{"schedule": "burda", "schedule_epochs": 3}"#, ["burda", "schedule_epochs"]),
    (#"{"schedule": "exponential", "schedule_epochs": 3}"#, ["exponential", "schedule_epochs"]),
  ])
  func contradictions(text: String, words: [String]) {
    let error = #expect(throws: VAEError.self) {
      _ = try JSONDecoder().decode(TrainingConfiguration.self, from: Data(text.utf8))
    }
    #expect(error?.kind == .configuration)
    #expect(error?.lacks(words) == [], "\(error?.description ?? "")")
  }

  @Test(
    arguments: [
      (.step(factor: 0.1, epochs: 0), "schedule_epochs"), (.step(factor: -0.1), "schedule_factor"),
      (.exponential(factor: 1.1), "schedule_factor"), (.exponential(factor: .nan), "schedule_factor"),
      (.cosine(epochs: 0), "schedule_epochs"), (.constant(warmupSteps: -1), "warmup_steps"),
    ] as [(LearningRateSchedule, String)])
  func senselessConstants(schedule: LearningRateSchedule, setting: String) {
    var training = TrainingConfiguration()
    training.schedule = schedule
    let error = #expect(throws: VAEError.self) { try training.validate() }
    #expect(error?.kind == .configuration)
    #expect(error?.description.contains(setting) == true)
  }

  /// A course that more epochs change is one whose rates do.
  @Test(
    arguments: [
      .constant(), .step(), .exponential(), .cosine(), .cosine(factor: 0.5, epochs: 7), .burda(), .plateau(),
    ] as [LearningRateSchedule])
  func spansAllEpochs(schedule: LearningRateSchedule) {
    let rates = [10, 20].map { epochs in
      (0..<40).map { schedule.factor(step: 5, epoch: Double($0) / 2, epochs: epochs, reductions: 1) }
    }
    #expect(schedule.spansAllEpochs == (rates[0] != rates[1]))
  }

  /// The trainer's steps have the schedule's rates, wherever an epoch is interrupted.
  @Test func ratesOfTheTrainer() throws {
    var configuration = TrainingConfiguration()
    configuration.batchSize = 30
    configuration.epochs = 3
    configuration.learningRate = 0.01
    configuration.schedule = .cosine(warmupSteps: 2)
    let model = try VariationalAutoencoder<Float>(ModelConfiguration(dataSize: 64, encoderHidden: [5], latentSize: 2))
    var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: 1))
    // Four steps an epoch, the last one of 10 data.
    let data = Dataset.synthetic(count: 100, side: 8)
    for step in 0..<9 {
      try trainer.train(steps: 1, on: data)
      let epoch = Double(step / 4) + 0.3 * Double(step % 4)
      let expected = 0.01 * (step == 0 ? 0.5 : 1) * 0.5 * (1 + cos(.pi * epoch / 3))
      #expect(abs(trainer.statistics.learningRate - expected) < 1e-15)
      #expect(trainer.statistics.steps == 1)
    }
    // Of the whole epoch, which the single steps have begun.
    try trainer.trainEpoch(on: data)
    #expect(trainer.statistics.steps == 4)
  }
}
