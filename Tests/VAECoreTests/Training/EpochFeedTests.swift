import Foundation
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
    var trainer = try Trainer(model, configuration: configuration(window: window), threads: threads)
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
      configuration.binarization = .none
      let model = try VariationalAutoencoder<Double>(
        ModelConfiguration(dataSize: 25, encoderHidden: [10], latentSize: 2))
      var trainer = try Trainer(model, configuration: configuration, threads: 2)
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
      configuration.binarization = .none
      let model = try VariationalAutoencoder<Double>(
        ModelConfiguration(dataSize: 25, encoderHidden: [10], latentSize: 2))
      let kl = try model.evaluate(on: data).loss.kl
      var trainer = try Trainer(model, configuration: configuration, threads: 1)
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
      var trainer = try Trainer(model, configuration: configuration(window: 64), threads: 1)
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
      #expect(error?.lacks("Value 1 of datum 750", "numbers") == [])
      for window in [nil, 100] {
        var trainer = try Trainer(model, configuration: configuration(window: window), threads: 1)
        #expect(throws: VAEError.self) { try trainer.trainEpoch(on: file) }
      }
    }
  }
}
