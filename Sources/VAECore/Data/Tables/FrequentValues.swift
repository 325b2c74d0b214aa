/// The most frequent of any number of values, in memory for some thousand of them.
///
/// Counts are exact as long as the different values are no more than the capacity. From then on the rarest half is forgotten
/// whenever it is full (Misra and Gries 1982, in the form of Anderson et al. 2017): of n values and the capacity k, what is forgotten had
/// at most 2n/k of them and a bit, so that no value is lost that a thousandth of all are, where k is some thousand.
package struct FrequentValues<Value: Hashable> {
  private struct Entry {
    /// How often it was seen since it is remembered.
    var count: Int
    /// How often it may have been seen before.
    let missed: Int
  }

  private let capacity: Int
  private var entries: [Value: Entry] = [:]
  /// The most often that a value may have been seen that is not remembered.
  private var forgotten = 0

  package init(capacity: Int) { self.capacity = capacity }

  /// Whether nothing was forgotten, so that all values are there with their counts.
  package var isExact: Bool { forgotten == 0 }

  /// The different values that are remembered.
  package var distinctCount: Int { entries.count }

  package mutating func add(_ value: Value, _ count: Int = 1) {
    entries[value, default: Entry(count: 0, missed: forgotten)].count += count
    if entries.count > capacity { forget() }
  }

  private mutating func forget() {
    let sums = entries.values.map { $0.count + $0.missed }.sorted()
    forgotten = max(forgotten + 1, sums[sums.count / 2])
    entries = entries.filter { $1.count + $1.missed > forgotten }
  }

  /// All values that are remembered, with how often they were seen since.
  package var counts: [(value: Value, count: Int)] { entries.map { ($0, $1.count) } }
}

/// How many different texts there are among any number of them, within some percent, from the hashes of a sample (Wegman's
/// adaptive sampling; Flajolet 1990).
struct DistinctTexts {
  private static let capacity = 4096
  private var hashes: Set<UInt64> = []
  /// Hashes are kept that end in so many zeros.
  private var level: UInt64 = 0

  mutating func add(_ text: some Sequence<UInt8>) {
    // FNV-1a, whose bits a multiplication mixes: the same in every process, so that a table is always taken for the same.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = (hash ^ (hash >> 32)) &* 0xd6e8_feb8_6659_fd93
    hash ^= hash >> 32
    guard hash & ((1 << level) - 1) == 0 else { return }
    hashes.insert(hash)
    while hashes.count > DistinctTexts.capacity {
      level += 1
      hashes = hashes.filter { $0 & ((1 << level) - 1) == 0 }
    }
  }

  var estimate: Double { Double(hashes.count) * Double(UInt64(1) << level) }
}
