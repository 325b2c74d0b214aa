/// How the data of a set are dealt out to processes that ask the same of it: to each a range of whole blocks, such as a pass takes, so
/// that every product has the shape that it has in one process.
struct DataShares {
  private let communicator: (any Communicator)?
  private let ranges: [Range<Int>]
  private let blockSize: Int

  init(count: Int, _ communicator: (any Communicator)?) {
    self.communicator = communicator
    let size = max(min(count, TaskShape.dataPerInference), 1)
    let (blocks, ranks) = ((count + size - 1) / size, communicator?.count ?? 1)
    ranges = (0..<ranks).map { rank in
      min(rank * blocks / ranks * size, count)..<min((rank + 1) * blocks / ranks * size, count)
    }
    blockSize = size
  }

  /// Whether there are other processes.
  var isShared: Bool { ranges.count > 1 }
  /// The data of this process.
  var own: Range<Int> { ranges[communicator?.rank ?? 0] }
  /// The block that a datum is in.
  func block(of position: Int) -> Int { position / blockSize }
  var blockCount: Int { block(of: ranges.last!.upperBound + blockSize - 1) }
  /// The data of a block.
  func data(ofBlock block: Int) -> Range<Int> {
    block * blockSize..<min((block + 1) * blockSize, ranges.last!.upperBound)
  }

  /// Does this process's part. Where one fails, all do, with what went wrong there.
  func compute(_ body: (Range<Int>) throws -> Void) throws {
    guard let communicator, isShared else { return try body(own) }
    var failure: VAEError?
    do { try body(own) } catch {
      failure =
        error as? VAEError ?? VAEError(.communication, "One of \(communicator.count) processes has ended: \(error)")
    }
    let kinds = VAEError.Kind.allCases
    let own = failure.map { [UInt8(kinds.firstIndex(of: $0.kind)!)] + Array($0.description.utf8) } ?? []
    let all = try communicator.all(own)
    if let failure { throw failure }
    if let other = all.first(where: { !$0.isEmpty }) {
      throw VAEError(kinds[Int(other[0])], String(decoding: other.dropFirst(), as: UTF8.self))
    }
  }

  /// The values of all data, so many of each, of which every process has its own.
  func gather<Value: BitwiseCopyable>(_ values: UnsafeMutableBufferPointer<Value>, perDatum width: Int = 1)
    throws(VAEError)
  {
    try gather(values, ranges.map { $0.lowerBound * width..<$0.upperBound * width })
  }

  /// The values of all blocks.
  func gather<Value: BitwiseCopyable>(perBlock values: UnsafeMutableBufferPointer<Value>) throws(VAEError) {
    try gather(
      values, ranges.map { block(of: $0.lowerBound + blockSize - 1)..<block(of: $0.upperBound + blockSize - 1) })
  }

  private func gather<Value: BitwiseCopyable>(
    _ values: UnsafeMutableBufferPointer<Value>, _ pieces: [Range<Int>]
  ) throws(VAEError) {
    guard let communicator, isShared else { return }
    let size = MemoryLayout<Value>.stride
    try communicator.gather(
      UnsafeMutableRawBufferPointer(values), pieces.map { $0.lowerBound * size..<$0.upperBound * size })
  }
}

extension DataShares {
  func gather<Value: BitwiseCopyable>(_ values: inout [Value]) throws(VAEError) {
    var failure: VAEError?
    values.withUnsafeMutableBufferPointer { buffer in
      do throws(VAEError) { try gather(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  func gather<Value: BitwiseCopyable>(perBlock values: inout [Value]) throws(VAEError) {
    var failure: VAEError?
    values.withUnsafeMutableBufferPointer { buffer in
      do throws(VAEError) { try gather(perBlock: buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// The rows of all data.
  func gather<S: Scalar>(_ matrix: MutableMatrixView<S>) throws(VAEError) {
    try gather(UnsafeMutableBufferPointer(start: matrix.base, count: matrix.count), perDatum: matrix.columns)
  }
}
