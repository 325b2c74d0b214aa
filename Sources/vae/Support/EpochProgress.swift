import CommandSupport
import VAECore

/// The time that an epoch takes, without that for saving in between.
struct EpochTime {
  private(set) var seconds = 0.0
  private var count = 0
  private var began = ContinuousClock.now
  private var seenBefore = 0

  mutating func start(seen: Int) { (began, seenBefore) = (.now, seen) }

  mutating func pause(seen: Int) {
    seconds += (ContinuousClock.now - began).inSeconds
    count += seen - seenBefore
  }

  var dataPerSecond: Double { Double(count) / seconds }

  /// Data per second at this moment, while the epoch runs.
  func rate(seen: Int) -> Double {
    Double(count + seen - seenBefore) / (seconds + (ContinuousClock.now - began).inSeconds)
  }
}

/// The line that tells how far an epoch has come.
struct ProgressDisplay {
  let epochs: Int
  /// The data of an epoch, where it is known how many they are.
  let count: Int?
  let time: EpochTime
  /// What a datum is called, in the plural.
  let noun: String
  private var lastDrawn = ContinuousClock.now

  init(epochs: Int, count: Int?, time: EpochTime, noun: String) {
    self.epochs = epochs
    self.count = count
    self.time = time
    self.noun = noun
  }

  mutating func show(_ progress: Trainer<Float>.Progress) {
    guard Terminal.isInteractive else { return }
    let now = ContinuousClock.now
    guard now - lastDrawn > .milliseconds(100) else { return }
    lastDrawn = now
    let rate = time.rate(seen: progress.count)
    var line = "epoch \(progress.epoch)/\(epochs)  step \(progress.step)"
    if let steps = progress.steps { line += "/\(steps)" }
    line += "  loss \(progress.loss.total.digits(2))  \(Int(rate)) \(noun)/s"
    if let count {
      line += "  \(clockTime(Double(count * (epochs - progress.epoch + 1) - progress.count) / rate)) left"
    }
    Terminal.status(line)
  }
}
