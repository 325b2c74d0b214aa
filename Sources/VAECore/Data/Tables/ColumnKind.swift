/// What the values of a table's column are.
public enum ColumnKind: String, Sendable, Codable, CaseIterable {
  /// Numbers as they are.
  case number
  /// Whole numbers as they are.
  case integer
  /// True and False, which become 1 and 0.
  case boolean
  /// One of some texts, which becomes its index among them.
  case category
  /// Dates, which become days since 1970, or dates with a time of day, which become seconds since 1970.
  case date
  /// What names a row and says nothing else of it: it is no part of the data.
  case identifier

  /// The kind in words, as in "a column of numbers".
  public var title: String {
    switch self {
    case .number: "numbers"
    case .integer: "whole numbers"
    case .boolean: "True and False"
    case .category: "categories"
    case .date: "dates"
    case .identifier: "identifiers"
    }
  }

  /// What numbers stand for its values; nil where these are numbers.
  public var encoding: String? {
    switch self {
    case .number, .integer: nil
    case .boolean: "\(title) as 1 and 0"
    case .category: "\(title) as their indices in order"
    case .date: "\(title) as days or seconds since 1970"
    case .identifier: "\(title), left out"
    }
  }

  /// Whether a greater number means more of something, so that there are means.
  public var isOrdered: Bool {
    switch self {
    case .number, .integer, .boolean, .date: true
    case .category, .identifier: false
    }
  }

  /// Whether numbers of it are whole, but for the fractions of a second.
  var isWhole: Bool {
    switch self {
    case .integer, .boolean, .category, .date: true
    case .number, .identifier: false
    }
  }

  /// Whether its columns have categories in a schema: the texts that its numbers stand for.
  public var hasCategories: Bool {
    switch self {
    case .boolean, .category: true
    case .number, .integer, .date, .identifier: false
    }
  }

  /// Whether columns of it are data.
  var isData: Bool {
    switch self {
    case .number, .integer, .boolean, .category, .date: true
    case .identifier: false
    }
  }

  /// Whether a number of a column of another kind may be one of this: numbers may stand for anything.
  func admits(_ other: ColumnKind) -> Bool {
    if self == other { return true }
    return switch other {
    case .number, .integer: true
    case .boolean: self == .number || self == .integer
    case .category, .date, .identifier: false
    }
  }

  /// Where values lie, if not everywhere. (A mean of True and False, which stands for a missing one, lies between 0 and 1.)
  var range: ClosedRange<Double>? {
    switch self {
    case .number, .integer, .category, .date, .identifier: nil
    case .boolean: 0...1
    }
  }

  /// The kind of a column that is of one kind in one part of the data, and of another in another part: numbers may be
  /// meant by all kinds, and 0 and 1 by True and False.
  func joined(with other: ColumnKind) -> ColumnKind {
    switch (self, other) {
    case (.number, let kind), (let kind, .number), (.integer, let kind), (let kind, .integer): kind
    case (.boolean, _), (.category, _), (.date, _), (.identifier, _): self
    }
  }
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
