import Foundation
import Testing
import VAECore

/// Matrices and sets read a program's own memory where it is, keep its owner, and never write to it.
@Suite struct SharedMemoryTests {
  /// Owns numbers, and tells when it no longer does.
  private final class Owner<T: Scalar>: @unchecked Sendable {
    let memory: UnsafeMutableBufferPointer<T>
    var elements: UnsafeBufferPointer<T> { UnsafeBufferPointer(memory) }

    init(_ numbers: [T]) {
      memory = .allocate(capacity: numbers.count)
      _ = memory.initialize(from: numbers)
    }

    deinit { memory.deallocate() }
  }

  private static let numbers: [Double] = (0..<60).map { sin(Double($0)) }

  @Test func aMatrixIsReadWhereItIs() throws {
    weak var kept: Owner<Double>?
    var matrix: Matrix<Double>
    do {
      let owner = Owner(Self.numbers)
      kept = owner
      matrix = Matrix(rows: 12, columns: 5, elements: SharedMemory(owner.elements, keeping: owner))
      #expect(matrix.view.base == owner.elements.baseAddress)
    }
    #expect(kept != nil && matrix == Matrix(rows: 12, columns: 5, elements: Self.numbers))
    let copy = matrix
    matrix[0, 0] = 7
    // What is changed is a copy, and the other one still the memory's.
    #expect(kept?.elements[0] == 0 && copy[0, 0] == 0 && matrix[0, 0] == 7)
    #expect(matrix.row(3) == copy.row(3))
  }

  @Test func theOwnerGoesWithTheLastThatRefersToIt() throws {
    weak var kept: Owner<Float>?
    do {
      var data: Dataset?
      do {
        let owner = Owner<Float>(Self.numbers.map { Float($0) })
        kept = owner
        data = Dataset(name: "memory", floats: SharedMemory(owner.elements, keeping: owner), dataSize: 5)
      }
      let copy = data!
      data = nil
      #expect(kept != nil && copy.rows(11..<12, as: Double.self)[0, 4] == Double(Float(Self.numbers[59])))
    }
    #expect(kept == nil)
  }

  @Test func aSetIsThatOfAnArray() throws {
    func expectSame(_ shared: Dataset, _ array: Dataset) throws {
      #expect(shared.count == array.count && shared.storedType == array.storedType)
      #expect(shared.rows(0..<shared.count, as: Double.self) == array.rows(0..<array.count, as: Double.self))
      #expect(
        shared.selecting([2, 0]).rows(0..<3, as: Float.self) == array.selecting([2, 0]).rows(0..<3, as: Float.self))
      #expect(shared.read([4..<9]).rows(1..<3, as: Float.self) == array.read([4..<9]).rows(1..<3, as: Float.self))
      let both = try ShardedSource(name: "both", [shared, array]).inMemory()
      #expect(both.count == 2 * shared.count)
      let model = try VariationalAutoencoder<Float>(
        ModelConfiguration(dataSize: 5, latentSize: 2, likelihood: .gaussian(variance: .fixed(1))))
      var one = try Trainer(model, configuration: TrainingConfiguration())
      var other = try Trainer(model, configuration: TrainingConfiguration())
      let isSame = try one.trainEpoch(on: shared) == other.trainEpoch(on: array)
      #expect(isSame && one.model.parameters == other.model.parameters)
    }
    let floats = Self.numbers.map { Float($0) }
    let (owner, other) = (Owner(Self.numbers), Owner(floats))
    try expectSame(
      Dataset(name: "a", doubles: SharedMemory(owner.elements, keeping: owner), dataSize: 5),
      Dataset(name: "a", doubles: Self.numbers, dataSize: 5))
    try expectSame(
      Dataset(name: "a", floats: SharedMemory(other.elements, keeping: other), dataSize: 5),
      Dataset(name: "a", floats: floats, dataSize: 5))
  }

  /// More than the machine has: a copy could not be.
  @Test func nothingIsCopied() throws {
    let count = 1 << 38
    guard
      let memory = mmap(nil, count, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
      memory != MAP_FAILED
    else { return }
    defer { munmap(memory, count) }
    let bytes = UnsafeRawBufferPointer(start: memory, count: count).bindMemory(to: UInt8.self)
    let data = Dataset(name: "zeros", bytes: SharedMemory(bytes, keeping: "nobody"), dataSize: 1 << 18)
    #expect(data.count == 1 << 20 && data.memoryByteCount == count)
    #expect(data.read([(1 << 20) - 2..<1 << 20]).rows(0..<2, as: Float.self).elements.allSatisfy { $0 == 0 })
  }

  @Test func indicesBeyondTheEndTrap() async {
    await #expect(processExitsWith: .failure) {
      let owner = Owner<Float>([1, 2])
      _ = SharedMemory(owner.elements, keeping: owner)[2]
    }
    await #expect(processExitsWith: .failure) {
      let owner = Owner<Float>([1, 2])
      _ = Matrix(rows: 1, columns: 3, elements: SharedMemory(owner.elements, keeping: owner))
    }
  }
}
