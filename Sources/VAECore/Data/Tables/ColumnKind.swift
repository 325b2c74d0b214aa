/// What the values of a table's column are.
public enum ColumnKind: String, Sendable, Codable, CaseIterable {
  /// Numbers as they are.
  case number
  /// True and False, which become 1 and 0.
  case boolean

  /// The kind in words, as in "a column of numbers".
  public var title: String {
    switch self {
    case .number: "numbers"
    case .boolean: "True and False"
    }
  }

  /// What numbers stand for its values; nil where these are numbers.
  public var encoding: String? {
    switch self {
    case .number: nil
    case .boolean: "\(title) as 1 and 0"
    }
  }

  /// Where values lie, if not everywhere. (A mean of True and False, which stands for a missing one, lies between 0 and 1.)
  var range: ClosedRange<Double>? {
    switch self {
    case .number: nil
    case .boolean: 0...1
    }
  }

  /// The kind of a column that is of one kind in one part of the data, and of another in another part: 0 and 1 may be
  /// meant by both.
  func joined(with other: ColumnKind) -> ColumnKind { self == other ? self : .boolean }
}

/// What was seen of a column so far: True and False go together with 0 and 1, and with no other number.
struct ColumnContent {
  private var hasBooleans = false
  private var hasOtherNumbers = false

  /// Numbers, where no True or False has been seen.
  var kind: ColumnKind { hasBooleans ? .boolean : .number }

  /// Takes note of a number; false where it contradicts what came before.
  mutating func takes(_ number: Double) -> Bool {
    if number == 0 || number == 1 { return true }
    hasOtherNumbers = true
    return !hasBooleans
  }

  /// Takes note of True or False; false where it contradicts what came before.
  mutating func takesBoolean() -> Bool {
    hasBooleans = true
    return !hasOtherNumbers
  }
}
