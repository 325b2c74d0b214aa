import Foundation

/// A value that one thread at a time can get at.
///
/// `Synchronization.Mutex` would be that, too, but on Linux it is a lock of its own that ThreadSanitizer does not see
/// (Swift 6.3): it reports every use as a race.
package final class Locked<Value>: @unchecked Sendable {
  // Unchecked: the value is touched while the lock is held only.
  private let lock = NSLock()
  private var value: Value

  package init(_ value: sending Value) { self.value = value }

  package func withLock<R>(_ body: (inout Value) throws -> R) rethrows -> R {
    try lock.withLock { try body(&value) }
  }
}
