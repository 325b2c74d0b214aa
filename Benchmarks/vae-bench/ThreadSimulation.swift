import CommandSupport
import Foundation
import Synchronization
import VAECore

/// Predicts a training step's time on more cores than this machine has.
///
/// Its tasks are cut as for so many threads and run one after the other, each timed; then they are handed out as a team does,
/// in order, each to the thread that is free first. A task is taken to last as long there as here, where either the other
/// cores do nothing or all of them train: that, each core's share of memory and caches, is the prediction's assumption. To
/// it come what a step does between the rounds, and the rounds themselves: two transfers of a cache line for each thread, as
/// measured for two.
struct ThreadSimulation {
  private let shape: StepShape
  private let rounds: Int

  init(_ shape: StepShape, rounds: Int) { (self.shape, self.rounds) = (shape, rounds) }

  /// A step's tasks.
  struct Tasks {
    /// The seconds of each task of each round.
    let rounds: [[Double]]
    /// Those of all that is in no task.
    let serial: Double

    var total: Double { rounds.reduce(0) { $0 + $1.reduce(0, +) } }
  }

  /// The step that is predicted, and where its time goes.
  struct Prediction: Encodable {
    let threads: Int
    /// How many rounds the threads meet for.
    let rounds: Int
    let seconds: Double
    /// Against one thread under the same conditions.
    let speedup: Double
    /// Of the threads' time, the shares that are lost: because smaller tasks take longer; while some threads have no task; in
    /// what one thread does alone; in the rounds; waiting for memory.
    let cutting, waiting, serial, meeting, memory: Double
    /// What the weights and the optimizer's state alone need.
    let gigabytesPerSecond: Double

    enum CodingKeys: String, CodingKey {
      case threads, rounds, seconds, speedup, cutting, waiting, serial, meeting, memory
      case gigabytesPerSecond = "gb_per_second"
    }
  }

  /// Adam reads a parameter and two moments and writes them back; mixed precision writes two packed copies besides.
  var bytesPerStep: Double {
    let parameters = Network(shape.model).tensors.reduce(0) { $0 + $1.count }
    let each =
      switch shape.precision {
      case .full: 24
      case .mixed: 28
      }
    return Double(each * parameters)
  }

  /// The prediction from the tasks for so many threads, beside those for one; `bandwidth` bytes per second at most, where that is
  /// known.
  func predict(_ threads: Int, _ tasks: Tasks, one: Tasks, meeting: Double, bandwidth: Double?) -> Prediction {
    var spans = tasks.rounds.map { ThreadTeam.time(of: $0, threads: threads) }
    // The last round is the weights'.
    let last = spans.count - 1
    let stall = bandwidth.map { max(0, bytesPerStep / $0 - spans[last]) } ?? 0
    let waiting = spans.reduce(0, +) - tasks.total / Double(threads)
    spans[last] += stall
    let meetings = threads == 1 ? 0 : Double(spans.count) * meeting * Double(threads)
    let seconds = spans.reduce(0, +) + tasks.serial + meetings
    return Prediction(
      threads: threads, rounds: spans.count, seconds: seconds, speedup: (one.total + one.serial) / seconds,
      cutting: (tasks.total - one.total) / Double(threads) / seconds, waiting: waiting / seconds,
      serial: tasks.serial / seconds, meeting: meetings / seconds, memory: stall / seconds,
      gigabytesPerSecond: bytesPerStep / seconds * 1e-9)
  }

  /// Measures a step's tasks, cut for so many threads, while the other cores train something else where they are to be busy.
  func measure(_ threads: Int, othersAreBusy: Bool, cores: Int) throws -> Tasks {
    let others = othersAreBusy ? try OtherCores(shape, count: cores - 1) : nil
    defer { others?.stop() }
    let steps = try TrainingSteps(shape.model, shape.training, threads: 1, width: threads)
    _ = try steps.time()
    var times: [[[Double]]] = []
    var serial: [Double] = []
    for _ in 0..<rounds {
      let (rounds, own) = try steps.taskTimes()
      let each = rounds.count / steps.stepsPerEpoch
      for step in 0..<steps.stepsPerEpoch { times.append(Array(rounds[step * each..<(step + 1) * each])) }
      serial.append(own)
    }
    let rounds = times[0].indices.map { round in
      times[0][round].indices.map { task in Spread(times.map { $0[round][task] }).median }
    }
    return Tasks(rounds: rounds, serial: Spread(serial).median)
  }

  /// The seconds that a round takes for each of two threads, the tasks being empty.
  static func meeting() -> Double {
    let team = ThreadTeam(threads: 2)
    let count = 10_000
    return (0..<7).map { _ in seconds { for _ in 0..<count { team.run(2, EmptyTask()) } } }.min()! / Double(2 * count)
  }
}

private struct EmptyTask: TeamTask {
  func run(worker: Int, index: Int) {}
}

/// Threads that train until they are stopped.
private final class OtherCores: Sendable {
  private let isStopping = Atomic(false)
  private let running: DispatchGroup

  init(_ shape: StepShape, count: Int) throws {
    let running = DispatchGroup()
    self.running = running
    let (model, training) = (shape.model, shape.training)
    for _ in 0..<count {
      running.enter()
      Thread { [self] in
        defer { running.leave() }
        guard let steps = try? TrainingSteps(model, training, threads: 1) else { return }
        while !isStopping.load(ordering: .relaxed) { _ = try? steps.time() }
      }.start()
    }
  }

  func stop() {
    isStopping.store(true, ordering: .relaxed)
    running.wait()
  }
}
