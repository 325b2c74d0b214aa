import Foundation
import Synchronization
import Testing
import VAECore

/// Each index runs once, on a worker that exists, in every round.
struct ThreadTeamTests {
  @Test(arguments: [1, 2, 3, 4, 5, 16]) func everyIndexOnce(threads: Int) {
    let team = ThreadTeam(threads: threads)
    for round in 0..<20 {
      for count in [0, 1, 2, 3, 7, 100] {
        let calls = Locked(Array(repeating: 0, count: count))
        team.run(
          count,
          Calls { worker, index in
            #expect(worker >= 0 && worker < threads)
            calls.withLock { $0[index] += 1 }
          })
        let once = calls.withLock { $0.allSatisfy { $0 == 1 } }
        #expect(once, "round \(round), \(count) pieces")
      }
    }
  }

  /// Thousands of short rounds, some while the other threads sleep: none is lost, none runs in another's place.
  @Test func manyRounds() {
    let team = ThreadTeam(threads: 4)
    let sum = Atomic(0)
    for round in 1...5_000 {
      team.run(3, Calls { _, index in sum.wrappingAdd(round * (index + 1), ordering: .relaxed) })
      if round % 1_000 == 0 { Thread.sleep(forTimeInterval: 0.01) }
    }
    #expect(sum.load(ordering: .relaxed) == 6 * 5_000 * 5_001 / 2)
  }

  /// More threads than cores and than tasks, and many short rounds: a late thread claims nothing in vain for long.
  @Test func moreThreadsThanTasks() {
    let team = ThreadTeam(threads: 32)
    let sum = Atomic(0)
    for count in 1...300 {
      team.run(count % 40, Calls { _, index in sum.wrappingAdd(index + 1, ordering: .relaxed) })
    }
    let expected = (1...300).reduce(0) { $0 + ($1 % 40) * ($1 % 40 + 1) / 2 }
    #expect(sum.load(ordering: .relaxed) == expected)
  }

  @Test func timesOfTasks() {
    let team = ThreadTeam(threads: 2)
    team.times = TaskTimes()
    for count in [3, 0, 1] { team.run(count, Calls { _, _ in Thread.sleep(forTimeInterval: 0.001) }) }
    let times = team.times!
    #expect(times.tasks.map(\.count) == [3, 0, 1])
    #expect(times.tasks.allSatisfy { $0.allSatisfy { $0 >= 0.001 } })
    #expect(times.ofRounds >= 0.003)
  }

  /// Each task goes to the thread that is free first.
  @Test func timeOnThreads() {
    #expect(ThreadTeam.time(of: [3, 2, 2], threads: 2) == 4)
    #expect(ThreadTeam.time(of: [1, 1, 3], threads: 2) == 4)
    #expect(ThreadTeam.time(of: [1, 1, 3], threads: 9) == 3)
    #expect(ThreadTeam.time(of: [], threads: 3) == 0)
  }

  /// What is written for one worker is never written by two at once.
  @Test func workersKeepTheirMemoryToThemselves() {
    let busy = Locked(Array(repeating: false, count: 4))
    let collisions = Atomic(0)
    ThreadTeam(threads: 4).run(
      500,
      Calls { worker, _ in
        let wasBusy = busy.withLock { state in
          defer { state[worker] = true }
          return state[worker]
        }
        if wasBusy { collisions.wrappingAdd(1, ordering: .relaxed) }
        busy.withLock { $0[worker] = false }
      })
    #expect(collisions.load(ordering: .relaxed) == 0)
  }

  /// A piece may use another team, as an embedding program's parallel loop around the library does.
  @Test func nested() {
    let sum = Atomic(0)
    ThreadTeam(threads: 3).run(
      10,
      Calls { _, outer in
        ThreadTeam(threads: 3).run(
          10, Calls { _, inner in sum.wrappingAdd(outer * 10 + inner, ordering: .relaxed) })
      })
    #expect(sum.load(ordering: .relaxed) == 99 * 100 / 2)
  }
}

/// A task from a closure.
private struct Calls: TeamTask {
  let body: (Int, Int) -> Void
  init(_ body: @escaping (Int, Int) -> Void) { self.body = body }
  func run(worker: Int, index: Int) { body(worker, index) }
}
