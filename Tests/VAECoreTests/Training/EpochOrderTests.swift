import Testing
import VAECore

/// An epoch's order: each datum once, another order each epoch, and windows that mix as they promise.
struct EpochOrderTests {
  /// Where each datum of the epoch is in the set, window by window.
  private func positions(_ order: EpochOrder) -> [[Int]] {
    (0..<order.windowCount).map { window in
      let places = order.ranges(of: window).flatMap { $0 }
      return order.shuffledRows(of: window).map { places[Int($0)] }
    }
  }

  @Test(
    arguments: [
      (0, nil), (1, nil), (1, 1), (75, nil), (75, 20), (75, 74), (75, 75), (75, 1000), (1000, 64), (1000, 129),
    ]
      as [(Int, Int?)], [1, 100, 1 << 20])
  func eachDatumOnce(counts: (count: Int, window: Int?), datumByteCount: Int) {
    let order = EpochOrder(
      count: counts.count, seed: 3, epoch: 4, window: counts.window, datumByteCount: datumByteCount)
    let windows = positions(order)
    #expect(windows.flatMap { $0 }.sorted() == Array(0..<counts.count))
    #expect(windows.allSatisfy { $0.count <= max(counts.window ?? counts.count, 1) })
    var index = 0
    for (window, positions) in windows.enumerated() {
      #expect(order.extent(of: window) == index..<index + positions.count)
      for _ in positions {
        #expect(order.window(of: index) == window)
        index += 1
      }
    }
  }

  @Test(arguments: [nil, 200]) func epochsAndSeedsDiffer(window: Int?) {
    func order(_ seed: UInt64, _ epoch: Int) -> [Int] {
      positions(EpochOrder(count: 1000, seed: seed, epoch: epoch, window: window, datumByteCount: 8)).flatMap { $0 }
    }
    #expect(Set([order(1, 0), order(1, 1), order(2, 0), Array(0..<1000)]).count == 4)
    #expect(order(1, 1) == order(1, 1))
  }

  /// The ranges to read are in the file's order, and adjacent blocks are read as one.
  @Test func rangesRise() {
    let order = EpochOrder(count: 10_000, seed: 1, epoch: 0, window: 5_000, datumByteCount: 8)
    for window in 0..<order.windowCount {
      let ranges = order.ranges(of: window)
      #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
    }
  }

  /// The worst case, a set that is sorted by class: how much more a class's share varies between minibatches than in a
  /// uniform shuffle. The data of a window are drawn from its K blocks, so the share varies by what the windows' shares
  /// do, too: by M/K·(1 − W/N) of the variance within.
  @Test(arguments: [nil, 6_400, 16_000, 32_000]) func windowsMix(window: Int?) {
    let (count, batch, classes) = (128_000, 100, 10)
    var ratios: [Double] = []
    for epoch in 0..<8 {
      let order = EpochOrder(count: count, seed: 9, epoch: epoch, window: window, datumByteCount: 1 << 12)
      let labels = positions(order).flatMap { $0 }.map { $0 * classes / count }
      let share = 1 / Double(classes)
      var squares = 0.0
      for first in stride(from: 0, to: count, by: batch) {
        let inClass = labels[first..<first + batch].count { $0 == 3 }
        squares += (Double(inClass) - Double(batch) * share) * (Double(inClass) - Double(batch) * share)
      }
      let uniform = Double(batch) * share * (1 - share) * Double(count - batch) / Double(count - 1)
      ratios.append(squares / Double(count / batch) / uniform)
    }
    let ratio = ratios.reduce(0, +) / Double(ratios.count)
    let blocks = window.map { Double($0) / 16 }
    let expected = 1 + (blocks.map { Double(batch) / $0 * (1 - Double(window!) / Double(count)) } ?? 0)
    #expect(abs(ratio / expected - 1) < 0.1, "\(ratio), not \(expected)")
  }
}
