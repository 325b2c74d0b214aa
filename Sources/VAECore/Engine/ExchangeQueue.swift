import Foundation

/// A thread that exchanges while others compute: it does what it is given, in order.
///
/// All ranks must give theirs the same in the same order, and exchange nothing themselves before all of it is done.
final class ExchangeQueue {
  private let state = State()
  private var isStarted = false
  private var submitted = 0

  deinit { state.stop() }

  /// Has something done behind all that was given before; its number.
  func submit(_ work: @escaping () throws(VAEError) -> Void) -> Int {
    if !isStarted {
      isStarted = true
      let thread = Thread { [state] in state.run() }
      thread.name = "vae-exchange"
      thread.start()
    }
    state.add(work)
    submitted += 1
    return submitted
  }

  /// Waits until the work of a number is done, or all of it; throws where some has failed, behind which none is done.
  func wait(for number: Int? = nil) throws(VAEError) { try state.wait(for: number ?? submitted) }

  // Unchecked: all that varies is touched while the condition's lock is held only. Work is made on one thread and done on another, one
  // after the other.
  private final class State: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting: [() throws(VAEError) -> Void] = []
    private var finished = 0
    private var failure: VAEError?
    private var ends = false

    func add(_ work: @escaping () throws(VAEError) -> Void) {
      condition.withLock {
        waiting.append(work)
        condition.broadcast()
      }
    }

    func stop() {
      condition.withLock {
        ends = true
        condition.broadcast()
      }
    }

    func wait(for number: Int) throws(VAEError) {
      let failure = condition.withLock {
        while finished < number { condition.wait() }
        return self.failure
      }
      if let failure { throw failure }
    }

    func run() {
      while let work = next() {
        var failure: VAEError?
        do throws(VAEError) { try work() } catch { failure = error }
        condition.withLock {
          finished += 1
          self.failure = self.failure ?? failure
          condition.broadcast()
        }
      }
    }

    /// What is to be done next, which is nothing behind a failure; nil at the end.
    private func next() -> (() throws(VAEError) -> Void)? {
      condition.withLock {
        while waiting.isEmpty && !ends { condition.wait() }
        if waiting.isEmpty { return nil }
        let work = waiting.removeFirst()
        return failure == nil ? work : { () throws(VAEError) in }
      }
    }
  }
}
