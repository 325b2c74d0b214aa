import Foundation
import VAECore

/// The ranks of an MPI job, on one machine or many.
///
/// ```swift
/// let ranks = try MPILauncher.current.map { try MPICommunicator(joining: $0) }
/// let execution = Execution(communicator: ranks)
/// …
/// ranks?.finish()
/// ```
///
/// A process can join once. Whoever fails alone must ``abort(_:)``, or the others wait for it until their patience ends.
public final class MPICommunicator: Communicator, @unchecked Sendable {
  // Unchecked: ranks call `exchange` one at a time, as the protocol has it; all else does not vary.
  /// Which of the ranks this is, from 0.
  public let rank: Int
  /// How many they are.
  public let count: Int
  /// Name and version of the library.
  public let version: String
  /// How long this rank waits for another without a byte coming or going before it gives up. A minute without the answer to a step
  /// is a cut link or a dead machine rather than a slow one.
  public var patience: Duration
  private let library: MPILibrary
  private var requests: UnsafeMutableRawBufferPointer
  /// Of each request, the other rank; none where it is complete.
  private var peers: [Int?] = []

  /// Joins the processes that a launcher has started together with this one.
  ///
  /// - Parameters:
  ///   - launcher: what started them.
  ///   - patience: how long to wait for others; the environment variable `VAE_MPI_PATIENCE`, in seconds, or 50.
  /// - Throws: where MPI's library is missing or another implementation's than the launcher.
  public init(joining launcher: MPILauncher, patience: Duration? = nil) throws(VAEError) {
    if let patience { self.patience = patience } else { self.patience = try Self.usualPatience() }
    library = try MPILibrary(launcher.libraries)
    (rank, count) = try library.start()
    version = library.version
    requests = .allocate(byteCount: 0, alignment: 16)
    guard count == launcher.count, rank == launcher.rank else {
      library.stop()
      throw VAEError(
        .communication,
        "\(version) knows of \(count == 1 ? "1 process" : "\(count) processes"), but \(launcher.name) has started \(launcher.count): they are of different "
          + "implementations, or versions. Start with the launcher of the library's implementation, or name the launcher's library in "
          + "the environment variable VAE_MPI. (Where nothing has started several, and the environment only says so, set it to off.)"
      )
    }
  }

  /// How long to wait for others where nobody says: the environment variable `VAE_MPI_PATIENCE`, in seconds, or 50.
  ///
  /// - Throws: where that is no time.
  public static func usualPatience(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(VAEError) -> Duration {
    guard let text = environment["VAE_MPI_PATIENCE"], !text.isEmpty else { return .seconds(50) }
    guard let seconds = Double(text), seconds > 0, seconds <= 1e6 else {
      throw VAEError(
        .configuration, "The environment variable VAE_MPI_PATIENCE is \"\(text)\": give seconds, more than 0.")
    }
    return .seconds(seconds)
  }

  deinit { requests.deallocate() }

  /// Leaves, once all others do.
  public func finish() { library.stop() }

  /// Ends all processes of the job, this one with an exit code.
  public func abort(_ code: Int32) -> Never {
    // Where the way to the launcher is cut, too, MPI may not come back.
    let timer = Thread {
      sleep(5)
      _exit(code)
    }
    timer.start()
    library.abort(code)
    _exit(code)
  }

  /// A transfer's longest piece: MPI counts in 32 bits.
  private static let longest = 1 << 30

  public func exchange(
    _ send: UnsafeRawBufferPointer, _ sent: [Range<Int>], _ receive: UnsafeMutableRawBufferPointer,
    _ received: [Range<Int>]
  ) throws(VAEError) {
    // Each begins with another, so that no two wait for the same.
    let others = (1..<count).map { (rank + $0) % count }
    func pieces(_ range: Range<Int>) -> [Range<Int>] {
      stride(from: range.lowerBound, to: range.upperBound, by: Self.longest)
        .map { $0..<min($0 + Self.longest, range.upperBound) }
    }
    peers.removeAll(keepingCapacity: true)
    let needed = others.reduce(0) { $0 + pieces(sent[$1]).count + pieces(received[$1]).count } * library.requestSize
    if requests.count < needed {
      requests.deallocate()
      requests = .allocate(byteCount: needed, alignment: 16)
    }
    for other in others.reversed() {
      for piece in pieces(received[other]) {
        try library.receive(UnsafeMutableRawBufferPointer(rebasing: receive[piece]), from: other, nextRequest(other))
      }
    }
    for other in others {
      for piece in pieces(sent[other]) {
        try library.send(UnsafeRawBufferPointer(rebasing: send[piece]), to: other, nextRequest(other))
      }
    }
    if !sent[rank].isEmpty {
      UnsafeMutableRawBufferPointer(rebasing: receive[received[rank]])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: send[sent[rank]]))
    }
    try wait()
  }

  private func nextRequest(_ peer: Int) -> UnsafeMutableRawPointer {
    peers.append(peer)
    return request(peers.count - 1)
  }

  private func request(_ index: Int) -> UnsafeMutableRawPointer { requests.baseAddress! + index * library.requestSize }

  /// Until all is there. Asking again and again is what moves data along in most implementations; a processor that others need, too, is
  /// left to them in between.
  private func wait() throws(VAEError) {
    var began = ContinuousClock.now
    var left = peers.count
    var asked = 0
    while left > 0 {
      let before = left
      for index in peers.indices where peers[index] != nil {
        if try library.isComplete(request(index)) {
          peers[index] = nil
          left -= 1
        }
      }
      if left == 0 { return }
      if left < before { (began, asked) = (.now, 0) }
      asked += 1
      if asked < 100 { continue }
      let waited = ContinuousClock.now - began
      if waited > patience { throw missing(waited) }
      if waited < .microseconds(100) { sched_yield() } else { usleep(20) }
    }
  }

  private func missing(_ waited: Duration) -> VAEError {
    let others = Set(peers.compactMap(\.self)).sorted().map(String.init).joined(separator: ", ")
    return VAEError(
      .communication,
      "No answer from rank \(others) of \(count) for \(waited.components.seconds) s: its machine, or the network to it, is gone "
        + "or far too slow. (The environment variable VAE_MPI_PATIENCE says how many seconds to wait.)")
  }
}
