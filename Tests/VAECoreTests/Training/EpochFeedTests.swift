import Foundation
import Synchronization
import TestSupport
import Testing
import VAECore

/// Training from a file, whole or in windows, is training from memory.
struct EpochFeedTests {
  private static let count = 1000

  private func withFile<R>(_ body: (ArrayFile, Dataset, TemporaryFolder) throws -> R) throws -> R {
    try withTemporaryFolder { folder in
      let path = try folder.write(idxImages(count: Self.count, side: 5), "images")
      let file = try ArrayFile(path: path) { reader throws(VAEError) in try IDX.layout(&reader) }
      return try body(file, file.inMemory(), folder)
    }
  }

  private func configuration(window: Int?) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.batchSize = 30
    configuration.binarization = .dynamic
    configuration.shuffleWindow = window
    return configuration
  }

  private func train(_ data: some DataSource, window: Int?, threads: Int = 1) throws -> (Parameters<Float>, [Loss]) {
    let model = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: 25, encoderHidden: [10], latentSize: 2))
    var trainer = try Trainer(
      model, configuration: configuration(window: window), execution: Execution(threads: threads))
    let losses = try (0..<3).map { _ in try trainer.trainEpoch(on: data) }
    return (trainer.model.parameters, losses)
  }

  @Test(arguments: [nil, 30, 31, 64, 300, 999, 1000, 5000]) func aFileIsWhatItHolds(window: Int?) throws {
    try withFile { file, data, _ in
      let (inMemory, losses) = try train(data, window: window)
      for threads in 1...3 {
        let (fromFile, others) = try train(file, window: window, threads: threads)
        let isEqual = inMemory == fromFile
        #expect(isEqual)
        #expect(losses == others)
      }
      let uniform = try train(data, window: nil).0
      let isUniform = inMemory == uniform
      #expect(isUniform == (window == nil))
    }
  }

  /// Each step sees the data that the order says, across windows too, with the noise of their positions in the set.
  @Test(arguments: [nil, 30, 64, 300]) func stepsSeeTheOrdersData(window: Int?) throws {
    try withFile { file, data, _ in
      var configuration = configuration(window: window)
      configuration.learningRate = 0
      configuration.binarization = .unchanged
      let model = try VariationalAutoencoder<Double>(
        ModelConfiguration(dataSize: 25, encoderHidden: [10], latentSize: 2))
      var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: 2))
      for epoch in 0..<2 {
        let order = EpochOrder(
          count: Self.count, seed: configuration.seed, epoch: epoch, window: window, datumByteCount: 25)
        let positions = (0..<order.windowCount).flatMap { window in
          let places = order.ranges(of: window).flatMap { $0 }
          return order.shuffledRows(of: window).map { UInt64(places[Int($0)]) }
        }
        for first in stride(from: 0, to: Self.count, by: 30) {
          let some = positions[first..<min(first + 30, Self.count)]
          var noise = Matrix<Double>(rows: some.count, columns: 2)
          some.withUnsafeBufferPointer {
            VectorMath<Double>().normals(
              NoiseStream(seed: configuration.seed, purpose: .latent, step: trainer.step), positions: $0,
              firstSample: 0, samples: 1, into: noise.mutableView)
          }
          let x = data.read(some.map { Int($0)..<Int($0) + 1 }).rows(0..<some.count, as: Double.self)
          let expected = try model.loss(of: x, noise: noise).total
          let loss = try trainer.train(steps: 1, on: file).total
          #expect(relativeDifference([loss], [expected]) < 1e-12, "epoch \(epoch), from datum \(first)")
        }
      }
    }
  }

  /// With a learning rate of 0 the epoch's KL divergence is that of the set, if each datum came once.
  @Test(arguments: [30, 64, 300]) func anEpochSeesEachDatumOnce(window: Int) throws {
    try withFile { file, data, _ in
      var configuration = configuration(window: window)
      configuration.learningRate = 0
      configuration.binarization = .unchanged
      let model = try VariationalAutoencoder<Double>(
        ModelConfiguration(dataSize: 25, encoderHidden: [10], latentSize: 2))
      let kl = try model.evaluate(on: data).loss.kl
      var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: 1))
      for _ in 0..<3 {
        let loss = try trainer.trainEpoch(on: file)
        #expect(relativeDifference([loss.kl], [kl]) < 1e-12)
      }
    }
  }

  /// What a model is asked about data is the same of a file.
  @Test func evaluationReadsFiles() throws {
    try withFile { file, data, _ in
      let model = try VariationalAutoencoder<Float>(
        ModelConfiguration(dataSize: 25, encoderHidden: [10], latentSize: 2))
      #expect(
        try model.evaluate(on: file, importanceSamples: 3, withDetails: true)
          == model.evaluate(on: data, importanceSamples: 3, withDetails: true))
      #expect(try model.score(file) == model.score(data))
      #expect(try file.subset(count: 7, seed: 1).read(0..<7).count == 7)
    }
  }

  /// A file that changes while it is trained on stops the training, and says why.
  @Test(arguments: [true, false]) func noticesAChange(shrinks: Bool) throws {
    try withFile { file, _, folder in
      let model = try VariationalAutoencoder<Float>(
        ModelConfiguration(dataSize: 25, encoderHidden: [10], latentSize: 2))
      var trainer = try Trainer(model, configuration: configuration(window: 64), execution: Execution(threads: 1))
      try trainer.trainEpoch(on: file)
      if shrinks {
        let handle = try #require(FileHandle(forWritingAtPath: file.name))
        try handle.truncate(atOffset: 500)
      } else {
        try folder.write(idxImages(count: Self.count, side: 5), "other")
        let handle = try #require(FileHandle(forWritingAtPath: file.name))
        try handle.write(contentsOf: folder.bytes("other"))
      }
      let error = #expect(throws: VAEError.self) { for _ in 0..<2 { try trainer.trainEpoch(on: file) } }
      #expect(error?.lacks(file.name, "changed") == [])
    }
  }

  /// Values that no likelihood takes are refused where they are read, and by where they are in the file.
  @Test func checksWhatItReads() throws {
    try withTemporaryFolder { folder in
      var values = [Float](repeating: 0.5, count: 2000)
      values[1501] = .nan
      let path = try folder.write(
        idxFile(type: 13, dimensions: [1000, 2], elements: values.flatMap(\.bitPattern.bigEndianBytes)), "numbers")
      let file = try ArrayFile(path: path) { reader throws(VAEError) in try IDX.layout(&reader) }
      let model = try VariationalAutoencoder<Float>(
        ModelConfiguration(dataSize: 2, encoderHidden: [], latentSize: 1))
      let error = #expect(throws: VAEError.self) { _ = try model.evaluate(on: file) }
      #expect(error?.lacks("numbers, datum 750, column 2") == [])
      for window in [nil, 100] {
        var trainer = try Trainer(model, configuration: configuration(window: window), execution: Execution(threads: 1))
        #expect(throws: VAEError.self) { try trainer.trainEpoch(on: file) }
      }
    }
  }

  // MARK: The same set, and another

  /// A thing that is counted on any thread.
  final class Counter: Sendable {
    private let mutex = Mutex(0)
    var count: Int { mutex.withLock { $0 } }
    func add() { mutex.withLock { $0 += 1 } }
  }

  /// Data of a type that the library does not know, which counts how often they are read.
  struct ForeignSource: DataSource {
    let base: Dataset
    let reads = Counter()
    var identity: DataIdentity?
    var name: String { base.name }
    var count: Int { base.count }
    var dataSize: Int { base.dataSize }
    var imageShape: ImageShape? { nil }
    var storedType: StoredType { base.storedType }

    func read(_ ranges: [Range<Int>]) -> Dataset {
      reads.add()
      return base.read(ranges)
    }
  }

  /// Numbers that tell where they are, and in which of several sets.
  private static func numbered(_ set: Int) -> Dataset {
    Dataset(name: "numbers", floats: (0..<count).map { Float(10 * $0 + set) }, dataSize: 1)
  }

  private static func readEpoch(_ epoch: Int, of feed: EpochFeed) throws {
    for first in stride(from: 0, to: count, by: 50) { _ = try feed.minibatch(first..<first + 50, epoch: epoch) }
  }

  /// A set in memory is checked once, and again where anything about its data is another.
  @Test(arguments: [nil, 64]) func checksASetOnce(window: Int?) throws {
    let checks = Counter()
    let feed = EpochFeed(seed: 1, windowSize: window) { _ in checks.add() }
    let data = Self.numbered(1)
    for epoch in 0..<3 {
      let copy = data
      try feed.open(copy)
      try Self.readEpoch(epoch, of: feed)
    }
    #expect(checks.count == 1)
    try feed.open(Self.numbered(1))
    #expect(checks.count == 2)
    try feed.open(data.weighted(by: Array(repeating: 1, count: Self.count), from: "weights") as! Dataset)
    #expect(checks.count == 3)
  }

  /// What is refused is not known to have been checked.
  @Test func refusesASetAgain() throws {
    let feed = EpochFeed(seed: 1, windowSize: nil) { _ throws(VAEError) in throw VAEError(.data, "wrong") }
    let data = Self.numbered(1)
    for _ in 0..<2 { #expect(throws: VAEError.self) { try feed.open(data) } }
  }

  /// What is read of one set is never taken for another's, in the middle of an epoch neither, whatever they are called.
  @Test(arguments: [nil, 50, 64, 300, 1000, 5000]) func keepsSetsApart(window: Int?) throws {
    try withTemporaryFolder { folder in
      for set in 1...2 {
        let elements = Self.numbered(set).rows(0..<Self.count, as: Float.self).elements
        try folder.write(
          idxFile(
            type: 13, dimensions: [UInt32(Self.count), 1], elements: elements.flatMap(\.bitPattern.bigEndianBytes)),
          "\(set)")
      }
      func file(_ set: Int) throws -> ArrayFile {
        try ArrayFile(path: folder.file("\(set)"), name: "numbers") { reader throws(VAEError) in try IDX.layout(&reader)
        }
      }
      let kinds: [[any DataSource]] = [
        [Self.numbered(1), Self.numbered(2)], [try file(1), try file(2)],
        [ForeignSource(base: Self.numbered(1)), ForeignSource(base: Self.numbered(2))],
        [
          try file(1).conditioned(on: Condition(name: "labels", labels: Array(repeating: 0, count: Self.count))),
          try file(2).conditioned(on: Condition(name: "labels", labels: Array(repeating: 0, count: Self.count))),
        ],
        [
          try file(1).split(validation: 0.001, seed: 1).training,
          try file(2).split(validation: 0.001, seed: 1).training,
        ],
        [try ShardedSource(name: "numbers", [file(1)]), try ShardedSource(name: "numbers", [file(2)])],
        [Self.numbered(1), try file(2)],
      ]
      for (kind, sources) in kinds.enumerated() {
        let feed = EpochFeed(seed: 1, windowSize: window) { _ in }
        for (step, (set, epoch, first)) in [
          (1, 0, 0), (2, 0, 40), (2, 0, 80), (1, 0, 120), (2, 0, 950), (1, 1, 0), (1, 1, 40), (2, 2, 0), (2, 3, 0),
        ].enumerated() {
          let source = sources[set - 1]
          try feed.open(source)
          let minibatch = try feed.minibatch(first..<first + 40, epoch: epoch)
          let values = minibatch.rows.map { minibatch.data.rows(Int($0)..<Int($0) + 1, as: Float.self)[0, 0] }
          let sets = Set(values.map { Int($0) % 10 })
          #expect(sets == [set], "kind \(kind), step \(step)")
        }
      }
    }
  }

  /// The same source, epoch after epoch, is read once into memory, or a window at a time and ahead; one that nobody knows
  /// again is read anew.
  @Test(arguments: [nil, 64, 300]) func readsASourceOnce(window: Int?) throws {
    let order = EpochOrder(count: Self.count, seed: 1, epoch: 0, window: window, datumByteCount: 4)
    let source = ForeignSource(base: Self.numbered(1), identity: DataIdentity())
    let feed = EpochFeed(seed: 1, windowSize: window) { _ in }
    for epoch in 0..<4 {
      try feed.open(source)
      try Self.readEpoch(epoch, of: feed)
    }
    // The window that is read ahead of a fifth epoch may not have been begun yet.
    let expected = window == nil ? 1...1 : 4 * order.windowCount...4 * order.windowCount + 1
    #expect(expected.contains(source.reads.count))
    let unknown = ForeignSource(base: Self.numbered(1))
    let other = EpochFeed(seed: 1, windowSize: nil) { _ in }
    for _ in 0..<3 { try other.open(unknown) }
    #expect(unknown.reads.count == 3)
  }

  /// An epoch that is completed with the same data, opened anew, is the same epoch.
  @Test(arguments: [nil, 64, 300]) func aPauseChangesNothing(window: Int?) throws {
    try withFile { file, data, _ in
      let whole = try train(file, window: window).0
      let model = try VariationalAutoencoder<Float>(
        ModelConfiguration(dataSize: 25, encoderHidden: [10], latentSize: 2))
      var trainer = try Trainer(model, configuration: configuration(window: window), execution: Execution(threads: 1))
      while trainer.epoch < 3 {
        let again = try ArrayFile(path: file.name) { reader throws(VAEError) in try IDX.layout(&reader) }
        try trainer.continueEpoch(on: again) { $0.step % 5 == 0 }
        if trainer.epoch < 3 { try trainer.continueEpoch(on: try again.inMemory()) { $0.step % 7 == 0 } }
      }
      let isEqual = trainer.model.parameters == whole
      #expect(isEqual)
    }
  }
}
