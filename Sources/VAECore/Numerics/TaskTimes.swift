/// How long each task of each round of a ``ThreadTeam`` took, in seconds, and the rounds themselves.
package final class TaskTimes {
  /// The times of the rounds' tasks, a list for each round.
  package var tasks: [[Double]] { places.map { round in (0..<round.count).map { round[$0] } } }
  /// The time of all rounds, and of taking it.
  package private(set) var ofRounds = 0.0
  private var places: [TaskResults<Double>] = []

  package init() {}

  func measure<Task: TeamTask>(_ count: Int, _ task: Task, _ run: (TimedTask<Task>) -> Void) {
    let start = ContinuousClock.now
    let places = TaskResults(count: count, 0.0)
    self.places.append(places)
    run(TimedTask(task: task, times: places))
    ofRounds += start.secondsAgo
  }
}

struct TimedTask<Task: TeamTask>: TeamTask {
  let task: Task
  let times: TaskResults<Double>

  func run(worker: Int, index: Int) {
    let start = ContinuousClock.now
    task.run(worker: worker, index: index)
    times[index] = start.secondsAgo
  }
}

extension ContinuousClock.Instant {
  /// The time since then.
  var secondsAgo: Double { (ContinuousClock.now - self).inSeconds }
}

extension Duration {
  package var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
