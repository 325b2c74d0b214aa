import CAllocationCount
import Foundation
import Testing
import VAECore

/// A training step allocates nothing once everything is warm, on any number of threads, and a question no more than its
/// answer.
///
/// Each test is in a process of its own, where no other allocates at the same time.
struct AllocationTests {
  @Test(.enabled(if: allocation_count_is_available(), "needs glibc and no sanitizer"))
  func noStepAllocates() async {
    await #expect(processExitsWith: .success) {
      let kinds: [(inout TrainingConfiguration) -> Void] = [
        { _ in }, { $0.gradient = .accumulated() }, { $0.objective = .evidenceLowerBound(freeBits: 0.1) },
        { $0.objective = .importanceWeightedBound() },
        { $0.clipNorm = 1 }, { $0.schedule = .cosine(warmupSteps: 3) }, { $0.precision = .mixed },
        { ($0.precision, $0.clipNorm, $0.gradient) = (.mixed, 1, .accumulated()) },
      ]
      let others = threadCount()
      for (kind, (isGated, conditionSize)) in kinds.flatMap({ [($0, (false, 0)), ($0, (true, 0)), ($0, (true, 4))] }) {
        for (batchSize, threads) in [(20, 1), (20, 2), (20, 3), (200, 1), (200, 2), (200, 3)] {
          let counts = try allocationsOfSteps(
            kind, isGated: isGated, conditionSize: conditionSize, batchSize: batchSize, threads: threads,
            others: others)
          #expect(
            counts.allSatisfy { $0 == 0 }, "batches of \(batchSize) on \(threads) threads, step by step: \(counts)")
        }
      }
    }
  }

  /// Of one row and of several, on one thread and on more.
  @Test(.enabled(if: allocation_count_is_available(), "needs glibc and no sanitizer"))
  func questionsAllocateTheirAnswers() async {
    await #expect(processExitsWith: .success) {
      let model = try VariationalAutoencoder<Float>(
        ModelConfiguration(dataSize: 256, encoderHidden: [50], latentSize: 5))
      for (rows, threads) in [(1, 1), (1, 2), (100, 1), (100, 2)] {
        let inference = Inference(model, execution: Execution(threads: threads))
        let x = Dataset.synthetic(count: rows).rows(0..<rows, as: Float.self)
        let z = inference.encode(x).mean
        let code = allocations { _ = Matrix<Float>(rows: rows, columns: 5) }.max()!
        let mean = allocations { _ = Matrix<Float>(rows: rows, columns: 256) }.max()!
        let encoding = allocations { _ = inference.encode(x) }
        let decoding = allocations { _ = inference.decode(z) }
        let reconstructing = allocations { _ = inference.reconstruct(x) }
        #expect(encoding.allSatisfy { $0 == 2 * code }, "\(rows) rows on \(threads) threads: \(encoding)")
        #expect(decoding.allSatisfy { $0 == mean }, "\(rows) rows on \(threads) threads: \(decoding)")
        #expect(
          reconstructing.allSatisfy { $0 == 2 * code + mean }, "\(rows) rows on \(threads) threads: \(reconstructing)")
      }
    }
  }
}

/// How many allocations each step of a warm trainer takes, over two epochs. The process has so many threads beside those of
/// trainers.
private func allocationsOfSteps(
  _ change: (inout TrainingConfiguration) -> Void, isGated: Bool, conditionSize: Int, batchSize: Int, threads: Int,
  others: Int
) throws -> [UInt64] {
  var data = Dataset.synthetic(count: 1000)
  // Its first layer takes what is not zero alone.
  if isGated { data = try sparse(data) }
  let mixed = Likelihood.mixed([
    .init(100, .gaussian(variance: .perFeature)), .init(100, .bernoulli), .init(56, .laplace(scale: .learned)),
  ])
  var configuration = TrainingConfiguration()
  configuration.batchSize = batchSize
  configuration.samplesPerDatum = 3
  // Numbers are not binarised.
  configuration.binarization = isGated ? .unchanged : .dynamic
  change(&configuration)
  var trainer = try Trainer(
    VariationalAutoencoder<Float>(
      ModelConfiguration(
        dataSize: 256, encoderHidden: isGated ? [50, 300] : [50], latentSize: 5, conditionSize: conditionSize,
        activation: isGated ? .gelu : .tanh,
        isGated: isGated, likelihood: isGated ? mixed : .bernoulli)),
    configuration: configuration, execution: Execution(threads: threads))
  var counts: [UInt64] = []
  counts.reserveCapacity(2 * 1000 / batchSize)
  func trainEpoch() throws {
    var before: UInt64?
    try trainer.trainEpoch(on: data) { _ in
      let now = allocation_count()
      // An epoch's first step comes after the epoch's order, which is made anew.
      if let before { counts.append(now - before) }
      before = now
    }
  }
  // The last trainer's threads end, which allocates, and this one's begin, on a busy machine late: until two epochs need
  // nothing, which a step that allocates never lets happen.
  for _ in 0..<100 where threadCount() > others { usleep(1000) }
  try trainEpoch()
  for _ in 0..<20 {
    counts.removeAll(keepingCapacity: true)
    try trainEpoch()
    try trainEpoch()
    if counts.allSatisfy({ $0 == 0 }) { break }
  }
  return counts
}

/// As many data, each with one pixel of those alone.
private func sparse(_ data: Dataset) throws -> Dataset {
  let x = data.rows(0..<data.count, as: Float.self)
  let columns = (0..<x.rows).map { 37 * $0 % x.columns }
  let rows = try SparseRows(
    columnCount: x.columns, starts: Array(0...x.rows), columns: columns,
    values: (0..<x.rows).map { Double(x[$0, columns[$0]]) })
  return try Dataset(name: data.name, rows: rows).conditioned(on: #require(data.condition))
}

/// How many allocations each of a hundred calls takes, once some have been made.
private func allocations(of body: () -> Void) -> [UInt64] {
  var counts: [UInt64] = []
  counts.reserveCapacity(100)
  for _ in 0..<20 { body() }
  for _ in 0..<100 {
    let before = allocation_count()
    body()
    counts.append(allocation_count() - before)
  }
  return counts
}

/// How many threads the process has.
private func threadCount() -> Int {
  (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
}
