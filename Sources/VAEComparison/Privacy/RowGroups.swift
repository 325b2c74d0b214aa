/// Rows that are equal in some columns, as groups of the real rows.
struct RowGroups {
  /// Each real row's group.
  private(set) var real: [Int32]
  /// Each synthetic row's group; −1 where no real row is equal to it.
  private(set) var synthetic: [Int32]
  /// How many groups there are.
  private(set) var count: Int

  /// Rows that no column tells apart yet.
  init(realCount: Int, syntheticCount: Int) {
    real = [Int32](repeating: 0, count: realCount)
    synthetic = [Int32](repeating: 0, count: syntheticCount)
    count = 1
  }

  /// Splits the groups by another column: by the places of its values.
  mutating func split(real values: [Int32], synthetic syntheticValues: [Int32]) {
    precondition(
      values.count == real.count && syntheticValues.count == synthetic.count,
      "\(values.count) and \(syntheticValues.count) values of \(real.count) and \(synthetic.count) rows")
    func key(_ group: Int32, _ value: Int32) -> UInt64 {
      UInt64(UInt32(bitPattern: group)) << 32 | UInt64(UInt32(bitPattern: value))
    }
    var groups: [UInt64: Int32] = [:]
    for row in real.indices {
      let key = key(real[row], values[row])
      if let group = groups[key] {
        real[row] = group
      } else {
        real[row] = Int32(groups.count)
        groups[key] = Int32(groups.count)
      }
    }
    for row in synthetic.indices where synthetic[row] >= 0 {
      synthetic[row] = groups[key(synthetic[row], syntheticValues[row])] ?? -1
    }
    count = groups.count
  }

  /// The real rows, group by group, and where each group begins among them; behind the last one, where it ends.
  var rowsByGroup: (rows: [Int32], starts: [Int]) {
    var starts = [Int](repeating: 0, count: count + 1)
    for group in real { starts[Int(group) + 1] += 1 }
    for group in 0..<count { starts[group + 1] += starts[group] }
    var next = starts
    var rows = [Int32](repeating: 0, count: real.count)
    for row in real.indices {
      let group = Int(real[row])
      rows[next[group]] = Int32(row)
      next[group] += 1
    }
    return (rows, starts)
  }
}
