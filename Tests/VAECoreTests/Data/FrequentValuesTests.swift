import TestSupport
import Testing
import VAECore

/// The most frequent of many values, against counting all of them.
struct FrequentValuesTests {
  @Test func exactWhereTheyFit() {
    var frequent = FrequentValues<Int>(capacity: 10)
    for index in 0..<1000 { frequent.add(index % 10) }
    #expect(frequent.isExact && frequent.distinctCount == 10)
    #expect(frequent.counts.allSatisfy { $0.count == 100 })
  }

  /// None is lost that is frequent enough, whenever it comes, and no count is too high.
  @Test(arguments: [0, 1, 2])
  func frequentOnesStay(order: Int) {
    let capacity = 256
    // A few frequent ones among 50,000 different ones.
    var values = (0..<50_000).map { 1000 + $0 }
    for (value, count) in [(1, 5000), (2, 1500), (3, 900)] { values += Array(repeating: value, count: count) }
    switch order {
    case 0: break
    case 1: values.reverse()
    default:
      var state: UInt64 = 7
      for index in values.indices.reversed() {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        values.swapAt(index, Int((state >> 33) % UInt64(index + 1)))
      }
    }
    var frequent = FrequentValues<Int>(capacity: capacity)
    for value in values { frequent.add(value) }
    #expect(!frequent.isExact && frequent.distinctCount <= capacity)
    let found = Dictionary(uniqueKeysWithValues: frequent.counts.map { ($0.value, $0.count) })
    let error = 2 * values.count / capacity
    for (value, count) in [(1, 5000), (2, 1500), (3, 900)] {
      #expect((found[value] ?? 0) <= count && (found[value] ?? 0) >= count - error, "\(value): \(found[value] ?? 0)")
    }
  }
}
