import Foundation

/// A rank that is a thread, or several, of this process: for tests of what several processes compute, and for programs that have several
/// models' threads share their work.
///
/// ```swift
/// let results = ThreadCommunicator.run(on: 4) { communicator in
///   try train(Execution(threads: 1, communicator: communicator))
/// }
/// ```
public final class ThreadCommunicator: Communicator {
  /// Which of the ranks this is, from 0.
  public let rank: Int
  /// How many they are.
  public var count: Int { meeting.count }
  private let meeting: Meeting

  private init(rank: Int, _ meeting: Meeting) { (self.rank, self.meeting) = (rank, meeting) }

  // Whoever has left can no longer take part.
  deinit { meeting.leave() }

  /// The ranks of a group of so many.
  public static func group(of count: Int) -> [ThreadCommunicator] {
    precondition(count > 0, "a group of \(count)")
    let meeting = Meeting(count: count)
    return (0..<count).map { ThreadCommunicator(rank: $0, meeting) }
  }

  /// Runs the same on so many ranks, each on a thread of its own, and returns what each has come to, by rank.
  public static func run<Value: Sendable>(
    on count: Int, _ body: @escaping @Sendable (ThreadCommunicator) throws -> Value
  ) -> [Result<Value, any Error>] {
    let results = Locked<[Int: Result<Value, any Error>]>([:])
    let done = DispatchGroup()
    for communicator in group(of: count) {
      done.enter()
      let held = Locked<ThreadCommunicator?>(communicator)
      let thread = Thread {
        let (rank, result) = held.withLock { held in
          defer { held = nil }
          let communicator = held!
          return (communicator.rank, Result { try body(communicator) })
        }
        results.withLock { $0[rank] = result }
        done.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    done.wait()
    return results.withLock { results in (0..<count).map { results[$0]! } }
  }

  public func exchange(
    _ send: UnsafeRawBufferPointer, _ sent: [Range<Int>], _ receive: UnsafeMutableRawBufferPointer,
    _ received: [Range<Int>]
  ) throws(VAEError) {
    try meeting.meet(rank, Parcel(memory: send, ranges: sent)) { parcel, sender in
      let bytes = UnsafeRawBufferPointer(rebasing: parcel.memory[parcel.ranges[rank]])
      precondition(
        bytes.count == received[sender].count,
        "\(bytes.count) bytes from rank \(sender) to rank \(rank), which expects \(received[sender].count)")
      if !bytes.isEmpty {
        UnsafeMutableRawBufferPointer(rebasing: receive[received[sender]]).copyMemory(from: bytes)
      }
    }
  }
}

/// What a rank sends: memory of its own, for as long as it waits for all others to have read it.
private struct Parcel {
  let memory: UnsafeRawBufferPointer
  let ranges: [Range<Int>]
}

/// Where ranks meet: all lay down what they send, all read, all go on.
private final class Meeting: @unchecked Sendable {
  // Unchecked: all that varies is touched while the condition's lock is held only.
  let count: Int
  private let condition = NSCondition()
  private var parcels: [Parcel?]
  private var readers = 0
  private var round = 0
  private var hasOneLeft = false

  init(count: Int) {
    self.count = count
    parcels = Array(repeating: nil, count: count)
  }

  func leave() {
    condition.withLock {
      hasOneLeft = true
      condition.broadcast()
    }
  }

  func meet(_ rank: Int, _ parcel: Parcel, _ read: (Parcel, _ sender: Int) -> Void) throws(VAEError) {
    let all: [Parcel]? = condition.withLock {
      parcels[rank] = parcel
      condition.broadcast()
      while !hasOneLeft && parcels.contains(where: { $0 == nil }) { condition.wait() }
      let all = parcels.compactMap(\.self)
      return all.count == count ? all : nil
    }
    guard let all else { throw VAEError(.communication, "One of the \(count) ranks has left.") }
    for (sender, parcel) in all.enumerated() { read(parcel, sender) }
    condition.withLock {
      let own = round
      readers += 1
      if readers == count {
        (readers, round) = (0, round + 1)
        parcels = Array(repeating: nil, count: count)
        condition.broadcast()
      }
      while round == own { condition.wait() }
    }
  }
}
