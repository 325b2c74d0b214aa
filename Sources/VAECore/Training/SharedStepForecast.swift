import Foundation

/// What a training step costs on several processes, by what each computes and sends.
///
/// On n processes that compute G operations and send B bytes a second, of which the busiest has the part f of a minibatch's leaves
/// (``TrainingConfiguration/mostRanks``), a step takes
///
///     t(n) = f·C / G + S / B + m·l        E(n) = C / (n·G·t(n))
///
/// seconds, with C operations of the step's matrix products, S bytes that one process sends in m messages, and l seconds that each message
/// takes however short it is. E is the efficiency: what n processes have done in a time, over n times what one has. The model's
/// size is in C and in S, and all but cancels: E depends on the minibatch's rows, on G and on B.
///
/// It leaves out what the optimizer takes, which is divided by n, too; how much of the exchange is hidden behind computing; and how long
/// ranks wait for each other.
public struct SharedStepForecast: Hashable, Sendable {
  /// n
  public let ranks: Int
  /// C
  public let operations: Double
  /// f
  public let busiestPart: Double
  /// S
  public let sentBytes: Double
  /// m
  public let messages: Double

  /// How fast the processes and what connects them are.
  public struct Speed: Hashable, Sendable, BitwiseCopyable {
    /// G, of each process.
    public var operationsPerSecond: Double
    /// B, of each process.
    public var bytesPerSecond: Double
    /// l, in seconds.
    public var latency: Double

    /// A speed that is assumed.
    public init(operationsPerSecond: Double, bytesPerSecond: Double, latency: Double) {
      self.operationsPerSecond = operationsPerSecond
      self.bytesPerSecond = bytesPerSecond
      self.latency = latency
    }
  }

  /// A step of a training, on so many processes.
  public init(_ configuration: TrainingConfiguration, _ model: ModelConfiguration, ranks: Int) {
    precondition(ranks > 0, "\(ranks) processes")
    let network = Network(model)
    let (data, samples) = (Double(configuration.batchSize), Double(configuration.samplesPerDatum))
    var operations = 0.0
    for index in network.products {
      let layer = network.layers[index]
      let rows = index < network.encoderCount ? data : data * samples
      // Forward, the gradient, and back to the inputs, which the first layer has no need of.
      operations += (index == 0 ? 4 : 6) * rows * Double(layer.weightRows * layer.weightColumns)
    }
    let leaves = configuration.leaves
    let shares = (0..<ranks).map { leaves.share(of: $0, among: ranks) }
    let subtrees = shares.map { leaves.subtrees(of: $0).count }.max() ?? 1
    let (n, parameters) = (Double(ranks), Double(network.parameterVectorCount))
    self.ranks = ranks
    self.operations = operations
    busiestPart = Double(shares.map(\.count).max() ?? 1) / Double(leaves.count)
    let terms = data * samples + 2 * data
    sentBytes = ranks == 1 ? 0 : 4 * (n - 1) / n * (parameters * Double(subtrees + 1) + terms)
    // Sums and parameters chunk by chunk, terms, faults and pauses.
    let chunks = Double(ParameterShares(network, rank: 0, among: ranks).chunks.count)
    messages = ranks == 1 ? 0 : chunks * Double(subtrees + 1) + 3
  }

  /// t(n), in seconds: of computing and of exchanging.
  public func seconds(at speed: Speed) -> (computing: Double, exchanging: Double) {
    (
      busiestPart * operations / speed.operationsPerSecond,
      sentBytes / speed.bytesPerSecond + messages * speed.latency
    )
  }

  /// E(n).
  public func efficiency(at speed: Speed) -> Double {
    let seconds = seconds(at: speed)
    return operations / (Double(ranks) * speed.operationsPerSecond * (seconds.computing + seconds.exchanging))
  }
}

extension SharedStepForecast.Speed {
  /// How fast the ranks of a communicator are, of which each has so many threads, found out in about a tenth of a second: all multiply
  /// matrices at once, and then all send to all. Training reaches about four fifths of the speed of such products. All ranks must call
  /// it, and all get the same: the slowest one's.
  public static func measured(_ communicator: any Communicator, threads: Int) throws(VAEError) -> Self {
    let operations = 0.8 * productsPerSecond(threads: threads)
    let short = try seconds(of: communicator, bytes: 8, times: 10)
    let length = 1 << 18
    let long = try seconds(of: communicator, bytes: length, times: 4)
    let sent = Double(length * (communicator.count - 1))
    let all = try communicator.all(
      Self(
        operationsPerSecond: operations, bytesPerSecond: sent / max(long - short, 1e-9), latency: short))
    return Self(
      operationsPerSecond: all.map(\.operationsPerSecond).min()!, bytesPerSecond: all.map(\.bytesPerSecond).min()!,
      latency: all.map(\.latency).max()!)
  }

  private static func productsPerSecond(threads: Int) -> Double {
    let size = 384
    func multiply(_ count: Int) {
      DispatchQueue.concurrentPerform(iterations: threads) { _ in
        let (a, b) = (Matrix<Float>(rows: size, columns: size), Matrix<Float>(rows: size, columns: size))
        var c = Matrix<Float>(rows: size, columns: size)
        for _ in 0..<count { BLAS.multiply(a.view, by: b.view, into: c.mutableView) }
      }
    }
    return BLAS.withOneThread {
      multiply(2)
      let began = ContinuousClock.now
      multiply(16)
      return 16 * Double(threads) * 2 * Double(size * size * size) / (ContinuousClock.now - began).inSeconds
    }
  }

  /// The median seconds of an exchange of so many bytes between every two ranks.
  private static func seconds(of communicator: any Communicator, bytes: Int, times: Int) throws(VAEError) -> Double {
    let count = communicator.count
    let memory = Buffer<Float>(count: count * bytes / 4)
    var received = Buffer<Float>(count: count * bytes / 4)
    let ranges = (0..<count).map { $0 * bytes..<($0 + 1) * bytes }
    var seconds: [Double] = []
    for _ in 0...times {
      _ = try communicator.all(UInt8(0))
      let began = ContinuousClock.now
      try communicator.transfer(
        UnsafeRawBufferPointer(start: memory.view.base, count: count * bytes), ranges,
        UnsafeMutableRawBufferPointer(start: received.mutableView.base, count: count * bytes), ranges)
      seconds.append((ContinuousClock.now - began).inSeconds)
    }
    return seconds.dropFirst().sorted()[times / 2]
  }
}
