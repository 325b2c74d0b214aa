/// What the values of a table's column are, as its first value tells.
public enum ColumnKind: String, Sendable, CaseIterable {
  /// Numbers as they are.
  case number
  /// True and False, which become 1 and 0.
  case boolean
}

/// What was seen of a column so far: True and False go together with 0 and 1, and with no other number.
struct ColumnContent {
  /// The kind of the first value that is there.
  private(set) var kind: ColumnKind?
  private var hasBooleans = false
  private var hasOtherNumbers = false

  /// Takes note of a number; false where it contradicts what came before.
  mutating func takes(_ number: Double) -> Bool {
    if kind == nil { kind = .number }
    if number == 0 || number == 1 { return true }
    hasOtherNumbers = true
    return !hasBooleans
  }

  /// Takes note of True or False; false where it contradicts what came before.
  mutating func takesBoolean() -> Bool {
    if kind == nil { kind = .boolean }
    hasBooleans = true
    return !hasOtherNumbers
  }
}
