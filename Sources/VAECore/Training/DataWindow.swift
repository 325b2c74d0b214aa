import Foundation

/// Data that are in memory together, and the order in which an epoch uses them.
struct DataWindow: Sendable {
  /// Which data of the epoch they are, counted in its order.
  let extent: Range<Int>
  var data: Dataset
  /// The order: indices among the data.
  let rows: [UInt64]
  /// Where each of them is in the whole set.
  let positions: [UInt64]

  /// A part of the window, counted in the epoch's order.
  func minibatch(_ range: Range<Int>) -> Minibatch {
    let some = range.lowerBound - extent.lowerBound..<range.upperBound - extent.lowerBound
    return Minibatch(data: data, rows: rows[some], positions: positions[some])
  }
}

/// A window that another thread reads.
final class PendingWindow: Sendable {
  private let result = Locked<Result<DataWindow, VAEError>?>(nil)
  private let isRead = DispatchSemaphore(value: 0)

  init(reading read: @escaping @Sendable () throws(VAEError) -> DataWindow) {
    DispatchQueue.global(qos: .utility).async { [self] in
      let window = Result { () throws(VAEError) in try read() }
      result.withLock { $0 = window }
      isRead.signal()
    }
  }

  func wait() throws(VAEError) -> DataWindow {
    isRead.wait()
    defer { isRead.signal() }
    return try result.withLock { $0! }.get()
  }
}
