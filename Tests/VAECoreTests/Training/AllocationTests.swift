import CAllocationCount
import Foundation
import Testing
import VAECore

/// A training step allocates nothing once everything is warm, on any number of threads.
struct AllocationTests {
  // In a process of its own, where no other test allocates at the same time.
  @Test(.enabled(if: allocation_count_is_available(), "needs glibc and no sanitizer"))
  func stepsAllocateNothing() async {
    await #expect(processExitsWith: .success) {
      let kinds: [(inout TrainingConfiguration) -> Void] = [
        { _ in }, { $0.gradient = .accumulated() }, { $0.freeBits = 0.1 }, { $0.bound = .importanceWeighted },
        { $0.clipNorm = 1 }, { $0.schedule = .init(.cosine(), warmupSteps: 3) },
      ]
      for (kind, (isGated, conditionSize)) in kinds.flatMap({ [($0, (false, 0)), ($0, (true, 0)), ($0, (true, 4))] }) {
        for (batchSize, threads) in [(20, 1), (20, 2), (20, 3), (200, 1), (200, 2), (200, 3)] {
          let count = try allocationsPerStep(
            kind, isGated: isGated, conditionSize: conditionSize, batchSize: batchSize, threads: threads)
          // The exit code tells how many there were.
          if count > 0 { exit(CInt(min(count, 25)) * 10 + CInt(threads)) }
        }
      }
    }
  }
}

/// The least that any step of a warm trainer took: what all of them need.
private func allocationsPerStep(
  _ change: (inout TrainingConfiguration) -> Void, isGated: Bool, conditionSize: Int, batchSize: Int, threads: Int
) throws -> UInt64 {
  let data = Dataset.synthetic(count: 1000)
  let mixed = Likelihood.mixed([
    .init(100, .gaussian(variance: .perFeature)), .init(100, .bernoulli), .init(56, .laplace(scale: .learned)),
  ])
  var configuration = TrainingConfiguration()
  configuration.batchSize = batchSize
  configuration.samplesPerDatum = 3
  configuration.binarization = .dynamic
  change(&configuration)
  var trainer = try Trainer(
    VariationalAutoencoder<Float>(
      ModelConfiguration(
        dataSize: 256, encoderHidden: isGated ? [50, 300] : [50], latentSize: 5, conditionSize: conditionSize,
        activation: isGated ? .gelu : .tanh,
        isGated: isGated, likelihood: isGated ? mixed : .bernoulli)),
    configuration: configuration, threads: threads)
  try trainer.trainEpoch(on: data)
  var smallest = UInt64.max
  var before: UInt64?
  try trainer.trainEpoch(on: data) { _ in
    let now = allocation_count()
    if let before { smallest = min(smallest, now - before) }
    before = now
  }
  return smallest
}
