/// Processes that compute one thing together, each of which has a number, its rank, and says what it has to tell to all others.
///
/// ``ThreadCommunicator`` is made of threads of one process. Whoever writes another must promise:
///
/// - *Order.* The ranks call ``exchange(_:_:_:_:)`` equally often and in the same order, one at a time in each rank, from any of its
///   threads; what is sent to a rank in one call arrives in the same call of that rank, and only there.
/// - *Bytes.* What arrives are the bytes that were sent. No sum is made on the way, for that would have the bits of an order that nobody
///   knows.
/// - *Ends.* Where a rank can no longer take part, calls of the others throw, sooner or later, or their processes end: nobody waits
///   forever.
public protocol Communicator: AnyObject, Sendable {
  /// Which of them this is, from 0.
  var rank: Int { get }
  /// How many they are.
  var count: Int { get }
  /// Sends to each rank j the bytes `sent[j]` of `send`, and receives those that it sends to this rank into the bytes `received[j]` of
  /// `receive`. The two may be the same memory where no byte is both sent and received. Callers give a range for each rank, and
  /// as many bytes to themselves as they receive from themselves.
  ///
  /// - Throws: where another rank does not take part.
  func exchange(
    _ send: UnsafeRawBufferPointer, _ sent: [Range<Int>], _ receive: UnsafeMutableRawBufferPointer,
    _ received: [Range<Int>]) throws(VAEError)
}

extension Communicator {
  /// ``exchange(_:_:_:_:)`` of ranges that can be exchanged.
  func transfer(
    _ send: UnsafeRawBufferPointer, _ sent: [Range<Int>], _ receive: UnsafeMutableRawBufferPointer,
    _ received: [Range<Int>]
  ) throws(VAEError) {
    precondition(
      sent.count == count && received.count == count, "\(sent.count) and \(received.count) ranges for \(count) ranks")
    precondition(
      sent[rank].count == received[rank].count,
      "\(sent[rank].count) bytes from rank \(rank) to itself, which expects \(received[rank].count)")
    try exchange(send, sent, receive, received)
  }

  /// Everybody's piece of some memory to everybody; the pieces are in bytes.
  func gather(_ memory: UnsafeMutableRawBufferPointer, _ pieces: [Range<Int>]) throws(VAEError) {
    var (sent, received) = (Array(repeating: pieces[rank], count: count), pieces)
    sent[rank] = pieces[rank].lowerBound..<pieces[rank].lowerBound
    received[rank] = sent[rank]
    try transfer(UnsafeRawBufferPointer(memory), sent, memory, received)
  }

  /// Everybody's piece of a vector to everybody.
  func gather<S: Scalar>(_ vector: MutableMatrixView<S>, _ pieces: [Range<Int>]) throws(VAEError) {
    let size = MemoryLayout<S>.stride
    precondition(vector.isContiguous, "\(vector.shape) with gaps between rows")
    try gather(
      UnsafeMutableRawBufferPointer(start: vector.base, count: vector.count * size),
      pieces.map { $0.lowerBound * size..<$0.upperBound * size })
  }

  /// What each rank says, by rank.
  package func all<Value: BitwiseCopyable>(_ value: Value) throws(VAEError) -> [Value] {
    var values = Array(repeating: value, count: count)
    let size = MemoryLayout<Value>.stride
    var failure: VAEError?
    values.withUnsafeMutableBytes { bytes in
      do throws(VAEError) { try gather(bytes, (0..<count).map { $0 * size..<($0 + 1) * size }) } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return values
  }

  /// What each rank says, by rank, in as many bytes as it likes.
  package func all(_ bytes: [UInt8]) throws(VAEError) -> [[UInt8]] {
    let lengths = try all(bytes.count)
    var ends = [0]
    for length in lengths { ends.append(ends.last! + length) }
    var memory = [UInt8](repeating: 0, count: ends.last!)
    memory.replaceSubrange(ends[rank]..<ends[rank + 1], with: bytes)
    let pieces = (0..<count).map { ends[$0]..<ends[$0 + 1] }
    var failure: VAEError?
    memory.withUnsafeMutableBytes { memory in
      do throws(VAEError) { try gather(memory, pieces) } catch { failure = error }
    }
    if let failure { throw failure }
    return pieces.map { Array(memory[$0]) }
  }

  /// What rank 0 says, to all.
  package func broadcast(_ bytes: [UInt8]) throws(VAEError) -> [UInt8] { try all(rank == 0 ? bytes : [])[0] }
}
