import CAllocationCount
import Testing
import VAECore

/// A training step allocates nothing once everything is warm.
@Suite(.serialized) struct AllocationTests {
  @Test(
    .enabled(if: allocation_count_is_available(), "needs glibc and no sanitizer"),
    arguments: [GradientEstimator.joint, .accumulated()])
  func stepsAllocateNothing(estimator: GradientEstimator) throws {
    let data = Dataset.synthetic(count: 400)
    var configuration = TrainingConfiguration()
    configuration.batchSize = 20
    configuration.samplesPerDatum = 3
    configuration.gradient = estimator
    configuration.binarization = .dynamic
    var trainer = try Trainer(
      VariationalAutoencoder<Float>(ModelConfiguration(dataSize: 256, encoderHidden: [50], latentSize: 5)),
      configuration: configuration, threads: 1)
    try trainer.trainEpoch(on: data)
    // Other tests run beside this one and allocate, so it takes steps in which the whole process did not.
    var smallest = UInt64.max
    for _ in 0..<5 {
      var before: UInt64?
      try trainer.trainEpoch(on: data) { _ in
        let now = allocation_count()
        if let before { smallest = min(smallest, now - before) }
        before = now
      }
    }
    #expect(smallest == 0)
  }
}
