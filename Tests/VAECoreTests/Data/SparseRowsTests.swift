import Foundation
import TestSupport
import Testing
import VAECore

/// Rows of which only what is not zero is stored are the same data as the whole ones.
@Suite struct SparseRowsTests {
  /// (0 0 3 0), (0 0 0 0), (1 0 0 −2), (0.5 4 0 0)
  private static let dense: [Float] = [0, 0, 3, 0, 0, 0, 0, 0, 1, 0, 0, -2, 0.5, 4, 0, 0]

  private func rows() throws -> SparseRows {
    // The third row in another order, and a value of the last in two parts.
    try SparseRows(
      columnCount: 4, starts: [0, 1, 1, 3, 6], columns: [2, 3, 0, 1, 0, 1], values: [3, -2, 1, 1, 0.5, 3])
  }

  @Test func rowsAsTheyAreGiven() throws {
    let rows = try rows()
    #expect(rows.rowCount == 4 && rows.columnCount == 4 && rows.storedCount == 5)
    #expect("\(rows)" == "4 rows of 4 columns, 5 values stored")
    let data = Dataset(name: "rows", rows: rows)
    #expect(data.count == 4 && data.dataSize == 4 && data.storedType == .float32 && data.storedPart == 0.3125)
    #expect(data.rows(0..<4, as: Float.self).elements == Self.dense)
    #expect(data.rows(0..<4, as: Double.self).elements == Self.dense.map { Double($0) })
    #expect(data.memoryByteCount == 8 * 5 + 12 * 5)
  }

  @Test func whatAreNoRowsIsRefused() {
    for (starts, columns, values, words) in [
      ([1, 2], [0, 1], [1, 2], ["begin at 0"]), ([0, 1], [0, 1], [1, 2], ["end at 2"]), ([], [], [], ["begin at 0"]),
      ([0, 2, 1, 2], [0, 1], [1, 2], ["row 1", "begins at 2", "ends at 1"]),
      ([0, 2], [0, 4], [1, 2], ["column 4 of 4"]), ([0, 2], [0, -1], [1, 2], ["column -1"]),
      ([0, 2], [0, 1], [1], ["2 columns", "1 values"]),
    ] as [([Int], [Int], [Double], [String])] {
      let error = #expect(throws: VAEError.self) {
        try SparseRows(columnCount: 4, starts: starts, columns: columns, values: values)
      }
      #expect(error?.lacks(words) == [], "\(error?.description ?? "")")
    }
    for count in [0, -1, 1 << 27] {
      #expect(throws: VAEError.self) { try SparseRows(columnCount: count, starts: [0], columns: [], values: []) }
    }
  }

  /// Parts, columns, sets of several, what is told of values, and files: all as of the whole rows.
  @Test func everythingSeesWholeRows() throws {
    let sparse = Dataset(name: "rows", rows: try rows())
    let whole = Dataset(name: "rows", floats: Self.dense, dataSize: 4)
    func same(_ a: Dataset, _ b: Dataset) -> Bool {
      a.dataSize == b.dataSize && a.origin == b.origin
        && a.rows(0..<a.count, as: Double.self) == b.rows(0..<b.count, as: Double.self)
    }
    for ranges in [[0..<4], [1..<3], [3..<4, 0..<2], [2..<2]] {
      #expect(same(sparse.read(ranges), whole.read(ranges)), "\(ranges)")
    }
    #expect(same(sparse.selecting([3, 0, 0]), whole.selecting([3, 0, 0])))
    #expect(same(try sparse.subset(count: 2, seed: 1), try whole.subset(count: 2, seed: 1)))
    let (some, others) = try (sparse.split(validation: 0.5, seed: 2), whole.split(validation: 0.5, seed: 2))
    #expect(same(try some.training.inMemory(), try others.training.inMemory()))
    #expect(some.training.memoryByteCount < sparse.memoryByteCount)
    var (first, second): (any DataStream, any DataStream) = (SourceStream(sparse), SourceStream(whole))
    #expect(try "\(DataSummary(&first))" == "\(DataSummary(&second))")
    try withTemporaryFolder { folder in
      try NPY.write(SourceStream(sparse), to: folder.file("sparse.npy"))
      try NPY.write(SourceStream(whole), to: folder.file("whole.npy"))
      let files = try ["sparse.npy", "whole.npy"].map { try Data(contentsOf: URL(fileURLWithPath: folder.file($0))) }
      #expect(files[0] == files[1])
    }
  }

  @Test func severalSetsAreOne() throws {
    let sparse = Dataset(name: "rows", rows: try rows())
    let whole = Dataset(name: "rows", floats: Self.dense, dataSize: 4)
    for sets in [[sparse, sparse], [sparse, whole], [whole, sparse]] {
      let one = try ShardedSource(name: "both", sets).inMemory()
      #expect(one.rows(0..<8, as: Float.self).elements == Self.dense + Self.dense)
      #expect(one.memoryByteCount == (sets.allSatisfy { $0.memoryByteCount > 64 } ? 8 * 9 + 12 * 10 : 128))
    }
  }

  /// What single precision would round is kept, and standardised, in double precision.
  @Test func finerValuesAreDoubles() throws {
    let numbers: [Double] = (0..<300).map { (index: Int) -> Double in index % 3 == 0 ? 1e6 + 1e-3 * Double(index) : 0 }
    let columns = numbers.indices.filter { numbers[$0] != 0 }
    let rows = try SparseRows(
      columnCount: 3, starts: Array(0...100), columns: columns.map { $0 % 3 }, values: columns.map { numbers[$0] })
    let (sparse, whole) = (Dataset(name: "a", rows: rows), Dataset(name: "a", doubles: numbers, dataSize: 3))
    #expect(sparse.storedType == .float64 && sparse.rows(0..<100) == whole.rows(0..<100, as: Double.self))
    var configuration = TrainingConfiguration()
    configuration.standardizes = true
    func trained(_ data: Dataset) throws -> Parameters<Float> {
      let model = try VariationalAutoencoder<Float>(
        ModelConfiguration(dataSize: 3, latentSize: 2, likelihood: .gaussian(variance: .learned)),
        training: configuration, data: data)
      var trainer = try Trainer(model, configuration: configuration)
      try trainer.trainEpoch(on: data)
      return trainer.model.parameters
    }
    #expect(try trained(sparse) == trained(whole))
    try withTemporaryFolder { folder in
      try NPY.write(SourceStream(sparse), to: folder.file("sparse.npy"))
      try NPY.write(SourceStream(whole), to: folder.file("whole.npy"))
      #expect(try folder.bytes("sparse.npy") == folder.bytes("whole.npy"))
    }
  }

  @Test func aWhiteLevelHolds() throws {
    let grey = try Dataset(name: "rows", rows: SparseRows(columnCount: 2, starts: [0, 1], columns: [1], values: [51]))
      .with(.value(255))
    #expect(grey.rows(0..<1, as: Double.self).elements == [0, 0.2])
    var stream: any DataStream = SourceStream(grey)
    #expect(try DataSummary(&stream).all.maximum == 0.2)
  }

  @Test func valuesOutsideADomainAreFound() throws {
    let model = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: 4, latentSize: 2, likelihood: .poisson))
    var trainer = try Trainer(model, configuration: TrainingConfiguration())
    let error = #expect(throws: VAEError.self) { try trainer.trainEpoch(on: Dataset(name: "rows", rows: rows())) }
    #expect(error?.lacks("datum 2", "-2", "rows") == [], "\(error?.description ?? "")")
  }
}
