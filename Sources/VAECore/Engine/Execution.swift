/// How work is done: its number of threads, and a function that is told how far it has come and may end it.
///
/// ```swift
/// let execution = Execution(threads: 4) { progress in
///   try Task.checkCancellation()
///   print(progress.work.rawValue, progress.fraction ?? 0)
/// }
/// let evaluation = try model.evaluate(on: data, execution: execution)
/// ```
///
/// No result depends on it.
public struct Execution: Sendable {
  /// The number of threads that compute; nil for all that the process may run. Where a limit of the address space leaves
  /// OpenBLAS no memory for so many, they are fewer; a ``Trainer`` that was told a number throws.
  public var threads: Int?
  /// The number of threads that work is cut for, where it is to be cut as for more than compute.
  package var width: Int?
  /// The processes that work is shared with, all of which do the same; nil where there is this one alone.
  public var communicator: (any Communicator)?
  /// Called now and then, by the thread that asked for the work. What it throws ends the work and comes out of it: in a
  /// task that may be cancelled, `Task.checkCancellation()`.
  public var progress: (@Sendable (Progress) throws -> Void)?

  /// Work on so many threads, or on all where nil, and with other processes, where there are others; `progress` is told how far it
  /// has come.
  public init(
    threads: Int? = nil, communicator: (any Communicator)? = nil,
    progress: (@Sendable (Progress) throws -> Void)? = nil
  ) {
    precondition(threads ?? 1 > 0, "work on \(threads ?? 1) threads")
    self.threads = threads
    self.communicator = communicator
    self.progress = progress
  }

  /// How far some work has come.
  public struct Progress: Sendable {
    /// What is being done; one call may do several kinds of work, one after the other.
    public let work: Work
    /// The part of it that is done, up to 1; nil where its amount is not known.
    public let fraction: Double?
  }

  /// A kind of work.
  public enum Work: String, Sendable, CaseIterable {
    /// An epoch of training.
    case training
    /// Posteriors of a set.
    case encoding
    /// The loss of a set.
    case loss
    /// log p(x) of a set, by importance sampling.
    case logLikelihood = "log-likelihood"
    /// The missing values of a set.
    case imputation
    /// I(x; z) of a set.
    case mutualInformation = "mutual information"
    /// The variance of the gradient over minibatches and noise.
    case gradientVariance = "variance of the gradient"
  }

  /// Tells how far some work has come, and throws where it is to end.
  package func report(_ work: Work, _ fraction: Double?) throws {
    try progress?(Progress(work: work, fraction: fraction))
  }

  /// How part `index` of `count` parts, which take much the same time, is done: as a part of the whole's progress.
  package func part(_ index: Int, of count: Int) -> Execution {
    guard let progress else { return self }
    return Execution(threads: threads, communicator: communicator) { part in
      let fraction = part.fraction.map { (Double(index) + $0) / Double(count) }
      try progress(Progress(work: part.work, fraction: fraction))
    }
  }

  /// The number of threads, of which each has OpenBLAS's memory, at most `limit`.
  package func threadCount(atMost limit: Int = .max) -> Int {
    BLAS.threads(atMost: min(threads ?? Machine.threads, limit))
  }
}
