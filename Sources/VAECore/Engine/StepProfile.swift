/// Where the time of training steps goes: for each kind of work, the seconds that the threads spent on it.
package final class StepProfile {
  /// A kind of work: a matrix product, or one pass of an element-wise kernel, of a layer or of the whole.
  package enum Work: Hashable, Sendable {
    case load
    case forwardProduct(layer: Int)
    case activation(layer: Int)
    case noise
    case latentForward
    case likelihood
    case objective
    case backwardProduct(layer: Int)
    case activationBackward(layer: Int)
    case latentBackward
    case gradientProduct(layer: Int)
    case biasSum(layer: Int)
    case leafSum(layer: Int)
    case update(layer: Int)
    case packing
  }

  /// Each worker adds to an object of its own.
  private final class Worker {
    var seconds: [Work: Double] = [:]
  }

  private let workers: [Worker]

  package init(threads: Int) { workers = (0..<threads).map { _ in Worker() } }

  /// The seconds of all threads together.
  package var totals: [Work: Double] {
    workers.reduce(into: [:]) { totals, worker in totals.merge(worker.seconds, uniquingKeysWith: +) }
  }

  fileprivate func add(_ work: Work, _ time: Double, worker: Int) {
    workers[worker].seconds[work, default: 0] += time
  }
}

/// Tells a profile, if there is one, what the time since it was told last went to.
struct StepTimer {
  private let profile: StepProfile?
  private let worker: Int
  private var last: ContinuousClock.Instant?

  init(_ profile: StepProfile?, worker: Int) {
    self.profile = profile
    self.worker = worker
    last = profile == nil ? nil : .now
  }

  mutating func took(_ work: @autoclosure () -> StepProfile.Work) {
    guard let profile, let last else { return }
    let now = ContinuousClock.now
    profile.add(work(), (now - last).inSeconds, worker: worker)
    self.last = now
  }
}
