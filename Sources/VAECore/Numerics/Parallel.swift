import Dispatch
import Synchronization

/// Runs independent tasks on a fixed number of threads.
///
/// Tasks are handed out one by one, so which thread runs which is not determined; what each computes must depend on
/// its index alone. That, and tasks of fixed shape, is what makes results identical for every number of threads.
package struct Parallel: Sendable {
  package let threads: Int

  package init(threads: Int) {
    precondition(threads > 0, "\(threads) threads")
    self.threads = threads
  }

  /// Calls `task(worker, index)` once for each index below `count`; `worker` < `threads` names the memory that the
  /// task may use for itself.
  package func forEach(_ count: Int, _ task: (_ worker: Int, _ index: Int) -> Void) {
    let workers = min(threads, count)
    if workers <= 1 {
      for index in 0..<count { task(0, index) }
      return
    }
    let next = Atomic(0)
    withoutActuallyEscaping(task) { task in
      // Unchecked: that tasks share nothing they write is this function's contract.
      nonisolated(unsafe) let task = task
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if index >= count { return }
          task(worker, index)
        }
      }
    }
  }
}
