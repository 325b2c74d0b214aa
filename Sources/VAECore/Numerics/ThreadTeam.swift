import CVectorMath
import Foundation
import Synchronization

/// Independent pieces of work, by index. What a piece writes, no other piece reads or writes.
package protocol TeamTask {
  /// Does one piece; `worker` names the memory that it may use for itself.
  func run(worker: Int, index: Int)
}

/// Threads that run independent tasks together, and are ready for the next round within a microsecond.
///
/// Tasks are handed out one by one, so which thread runs which is not determined; what each computes must depend on
/// its index alone. That, and tasks of fixed shape, is what makes results identical for every number of threads.
///
/// A training step has a dozen rounds of tasks, too many to wake threads for. So a thread without work spins for some
/// milliseconds before it sleeps, and a round waits for its tasks, not for threads that are late. Nothing is
/// allocated per round. The threads start with the first round that they have something to do in.
package final class ThreadTeam {
  package let threads: Int
  /// How many threads work is to be cut for: those that there are, but where somebody asks how long tasks would take on more.
  package let width: Int
  /// Takes the times of all tasks, where somebody wants to know them.
  package var times: TaskTimes?
  private let state = State()
  private var isStarted = false

  /// A team of the calling thread and `threads - 1` others.
  package init(threads: Int, width: Int? = nil) {
    precondition(threads > 0, "\(threads) threads")
    self.threads = threads
    self.width = width ?? threads
  }

  private func start() {
    if isStarted { return }
    isStarted = true
    for worker in 1..<threads {
      let thread = Thread { [state] in state.work(as: worker) }
      thread.name = "vae-\(worker)"
      thread.start()
    }
  }

  deinit { state.stop() }

  /// Runs each piece of the task with an index below `count` once, `worker` being below `threads`. Only one round may
  /// run at a time. The calling thread runs all of them where it is to be `alone`.
  package func run<Task: TeamTask>(_ count: Int, _ task: Task, alone: Bool = false) {
    guard let times else { return runUntimed(count, task, alone: alone) }
    times.measure(count, task) { runUntimed(count, $0, alone: alone) }
  }

  /// How long a round of tasks takes that last so long each, on so many threads.
  package static func time(of tasks: [Double], threads: Int) -> Double {
    var busy = [Double](repeating: 0, count: threads)
    for task in tasks { busy[busy.indices.min { busy[$0] < busy[$1] }!] += task }
    return busy.max()!
  }

  private func runUntimed<Task: TeamTask>(_ count: Int, _ task: Task, alone: Bool) {
    if alone || threads == 1 || count <= 1 {
      for index in 0..<count { task.run(worker: 0, index: index) }
    } else {
      start()
      withUnsafePointer(to: task) { state.runRound(of: count, $0, Caller<Task>.self) }
    }
  }
}

/// Calls a task by its address. (A closure would have to be copied to the heap to reach other threads.)
private protocol TaskCaller {
  static func run(_ task: UnsafeRawPointer, worker: Int, index: Int)
}

private enum Caller<Task: TeamTask>: TaskCaller {
  static func run(_ task: UnsafeRawPointer, worker: Int, index: Int) {
    task.assumingMemoryBound(to: Task.self).pointee.run(worker: worker, index: index)
  }
}

/// What the threads of a team share.
private final class State: @unchecked Sendable {
  // Unchecked: these are written between rounds only; a thread reads them once it has claimed one of the round's pieces,
  // and a round does not end before all its pieces have.
  private var task: UnsafeRawPointer?
  private var caller: (any TaskCaller.Type)?
  private var count = 0
  private let sleepers = Atomic(0)
  private let isStopping = Atomic(false)
  private let wake = DispatchSemaphore(value: 0)
  /// The round in the high half; in the low half the number of its unclaimed pieces, on top of `idle`: a subtraction claims a
  /// piece of exactly that round, so that a late thread cannot take one of another, and where there is none left, it
  /// leaves the round as it is.
  private let round = CacheLines(idle)
  private let completed = CacheLines(0)

  /// No pieces: more than threads may subtract in vain.
  private static let idle: UInt64 = 1 << 24

  /// How often a thread looks for work before it lets another thread have its core, and how often it does that before
  /// it sleeps: some milliseconds in all.
  private static let (looks, yields) = (2_000, 100)

  func runRound(of count: Int, _ task: UnsafeRawPointer, _ caller: any TaskCaller.Type) {
    precondition(count < 1 << 31, "\(count) pieces")
    self.task = task
    self.caller = caller
    self.count = count
    completed.value.store(0, ordering: .relaxed)
    let previous = round.value.load(ordering: .relaxed) >> 32
    round.value.store((previous + 1) << 32 | State.idle + UInt64(count), ordering: .sequentiallyConsistent)
    for _ in 0..<min(sleepers.load(ordering: .sequentiallyConsistent), count - 1) { wake.signal() }
    runTasks(as: 0)
    var spins = 0
    while completed.value.load(ordering: .acquiring) < count {
      spins += 1
      if spins < State.looks { vm_pause() } else { sched_yield() }
    }
  }

  func work(as worker: Int) {
    while !isStopping.load(ordering: .relaxed) {
      if waitForTasks() { runTasks(as: worker) }
    }
  }

  func stop() {
    isStopping.store(true, ordering: .sequentiallyConsistent)
    for _ in 0..<sleepers.load(ordering: .sequentiallyConsistent) { wake.signal() }
  }

  private func runTasks(as worker: Int) {
    while let index = claim() {
      caller!.run(task!, worker: worker, index: index)
      completed.value.wrappingAdd(1, ordering: .releasing)
    }
  }

  private func claim() -> Int? {
    // Who finds no piece does not write, so that the line stays with those who look.
    while hasTasks {
      let left = round.value.wrappingSubtract(1, ordering: .acquiringAndReleasing).oldValue & 0xffff_ffff
      if left > State.idle { return count - Int(left - State.idle) }
    }
    return nil
  }

  private func waitForTasks() -> Bool {
    for _ in 0..<State.yields {
      for _ in 0..<State.looks {
        if hasTasks { return true }
        vm_pause()
      }
      sched_yield()
    }
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    // Between the last look and falling asleep a round may have begun, or the end: then nobody signals.
    if !hasTasks && !isStopping.load(ordering: .sequentiallyConsistent) { wake.wait() }
    sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    return hasTasks
  }

  private var hasTasks: Bool { round.value.load(ordering: .sequentiallyConsistent) & 0xffff_ffff > State.idle }
}

/// A number that many threads change, in cache lines that hold nothing else: two, which processors fetch together.
private final class CacheLines: @unchecked Sendable {
  // Unchecked: the padding is never touched.
  private var before: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
  private var alsoBefore: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
  let value: Atomic<UInt64>
  private var behind: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
  private var alsoBehind: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)

  init(_ value: UInt64) { self.value = Atomic(value) }
}
