import TestSupport
import Testing
import VAECore

/// Splits are disjoint and complete, and determined by the seed.
struct DataSubsetTests {
  /// Each datum is its position, in two bytes.
  private func dataset(_ count: Int) -> Dataset {
    Dataset(
      name: "numbers", bytes: (0..<count).flatMap { [UInt8($0 / 256), UInt8($0 % 256)] }, dataSize: 2,
      whiteLevel: .value(255))
  }

  private func positions(_ data: some DataSource) throws -> [Int] {
    let rows = try data.inMemory().rows(0..<data.count, as: Double.self)
    return (0..<data.count).map { row in
      Int((255 * rows.elements[2 * row]).rounded()) * 256 + Int((255 * rows.elements[2 * row + 1]).rounded())
    }
  }

  @Test(arguments: [2, 3, 10, 999], [0.1, 0.25, 0.5, 0.9]) func disjointAndComplete(count: Int, fraction: Double) throws
  {
    let wanted = Int((Double(count) * fraction).rounded())
    if wanted == 0 || wanted == count { return }
    for seed in 0..<5 as Range<UInt64> {
      let parts = try dataset(count).split(validation: fraction, seed: seed)
      let (training, validation) = (try positions(parts.training), try positions(parts.validation))
      #expect(validation.count == wanted && training.count == count - wanted)
      #expect((training + validation).sorted() == Array(0..<count))
      // In the set's order.
      #expect(training == training.sorted() && validation == validation.sorted())
      #expect(try positions(dataset(count).split(validation: fraction, seed: seed).validation) == validation)
    }
  }

  /// Each datum with the same probability: binomial, five standard deviations.
  @Test func uniform() throws {
    var drawn = Array(repeating: 0, count: 40)
    for seed in 0..<2000 as Range<UInt64> {
      for position in try positions(dataset(40).split(validation: 0.25, seed: seed).validation) { drawn[position] += 1 }
    }
    #expect(drawn.allSatisfy { abs(Double($0) - 500) < 5 * (2000 * 0.25 * 0.75).squareRoot() })
  }

  /// Parts of a part, ranges across gaps, and a range of nothing.
  @Test func readsRanges() throws {
    let all = try dataset(300).split(validation: 0.4, seed: 1).training
    let expected = try positions(all)
    for ranges in [[0..<180], [5..<9, 100..<170, 3..<4], [179..<180], [7..<7]] {
      let read = try all.read(ranges)
      #expect(try positions(read) == ranges.flatMap { expected[$0] })
    }
    let nested = try all.split(validation: 0.5, seed: 2)
    #expect(try (positions(nested.training) + positions(nested.validation)).sorted() == expected)
  }

  /// Training on a part is training on the same data in memory.
  @Test(arguments: [nil, 30]) func trainsLikeMemory(window: Int?) throws {
    let part = try Dataset.synthetic(count: 200, side: 5).split(validation: 0.3, seed: 4).training
    var configuration = TrainingConfiguration()
    configuration.batchSize = 16
    configuration.shuffleWindow = window
    func train(_ data: some DataSource) throws -> Parameters<Float> {
      var trainer = try Trainer(
        VariationalAutoencoder<Float>(ModelConfiguration(dataSize: 25, encoderHidden: [6], latentSize: 2)),
        configuration: configuration, execution: Execution(threads: 1))
      for _ in 0..<2 { try trainer.trainEpoch(on: data) }
      return trainer.model.parameters
    }
    let isEqual = try train(part) == train(part.inMemory())
    #expect(isEqual)
  }

  @Test(arguments: [0, 1, -0.1, 1.5, .nan, .infinity, 0.001, 0.999]) func senselessFractions(fraction: Double) {
    let error = #expect(throws: VAEError.self) { _ = try dataset(10).split(validation: fraction, seed: 0) }
    #expect(error?.lacks("\(fraction)") == [])
  }
}
