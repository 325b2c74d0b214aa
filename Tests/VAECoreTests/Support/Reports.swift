import Synchronization
import VAECore

/// What some work told of its progress.
final class Reports: Sendable {
  private let reports = Mutex<[Execution.Progress]>([])

  var all: [Execution.Progress] { reports.withLock { $0 } }

  /// One that throws after the report that `ends` says so of.
  func execution(
    threads: Int? = nil,
    endingAt ends: @escaping @Sendable (Execution.Progress, _ count: Int) -> Bool = { _, _ in false }
  ) -> Execution {
    Execution(threads: threads) { progress in
      let count = self.reports.withLock {
        $0.append(progress)
        return $0.count
      }
      if ends(progress, count) { throw CancellationError() }
    }
  }

  var execution: Execution { execution() }
}
