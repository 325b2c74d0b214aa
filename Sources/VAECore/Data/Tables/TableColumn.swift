/// A column of a table's data: what its values are, and how they are written.
public struct TableColumn: Sendable, Hashable {
  /// What it is called, where a row names the columns.
  public var name: String?
  /// What its values are.
  public var kind: ColumnKind
  /// The least and the greatest number that was seen, those that are infinite left out; nil where there was none.
  public var range: ClosedRange<Double>?
  /// The mean of the numbers that were seen; nil of categories.
  public var mean: Double?
  /// √(Σ (x − mean)² / n) of the n numbers that were seen; nil of categories.
  public var standardDeviation: Double?
  /// The most decimals that a number was written with, at most 17; of times the digits of a second's fraction.
  public var decimals = 0
  /// The fewest decimals that a number was written with: 1 where 3 is written as 3.0.
  public var leastDecimals = 0
  /// Whether some numbers were written with an exponent, as 1e-05.
  public var hasExponents = false
  /// What all numbers are multiples of, where that is coarser than their decimals: 25, or 0.5.
  public var spacing: Double?
  /// The numbers that come back exactly: those that at least 20 rows and a thousandth of all have, at most 128, in
  /// ascending order.
  public var points: [ColumnPoint] = []
  /// How many different numbers or categories there are; nil where there are too many to count.
  public var distinctCount: Int?
  /// The texts that the column's numbers are indices of, in the order of their bytes; of True and False two, False first.
  public var categories: [ColumnCategory] = []
  /// Whether one of the categories, ``otherText``, stands for all that have no category of their own.
  public var joinsRare = false
  /// The rows in which the value is missing.
  public var missingCount = 0
  /// How what is missing is written.
  public var missingText = ""
  /// How dates are written; nil of other kinds.
  public var dateFormat: DateFormat?
  /// The blanks before each value.
  public var blanks = 0
  /// Whether all values stand in quotes, and not only those that need them.
  public var isQuoted = false

  /// The category of the rare ones, where they are joined.
  public static let otherText = "other"

  /// A column of a kind, of which nothing has been seen.
  public init(name: String? = nil, kind: ColumnKind) {
    self.name = name
    self.kind = kind
    if kind == .boolean { categories = [ColumnCategory("False"), ColumnCategory("True")] }
  }

  /// The index of the category of the rare ones, where they are joined.
  public var otherIndex: Int? {
    joinsRare ? categories.firstIndex { $0.text == TableColumn.otherText } : nil
  }
}

/// A number that many rows of a column have.
public struct ColumnPoint: Sendable, Hashable {
  /// The number.
  public var value: Double
  /// The rows that have it; where a column has very many different numbers, at least so many.
  public var count: Int

  /// A number and the rows that have it.
  public init(_ value: Double, count: Int) { (self.value, self.count) = (value, count) }
}

/// A text that is a value of a column of categories.
public struct ColumnCategory: Sendable, Hashable {
  /// As it is spelled, without the blanks around it.
  public var text: String
  /// The rows that have it.
  public var count: Int

  /// A text and the rows that have it.
  public init(_ text: String, count: Int = 0) { (self.text, self.count) = (text, count) }
}

extension TableColumn {
  /// What stands for a missing value where means do.
  func substitute(mean: Double) -> Double {
    switch kind {
    case .number, .boolean, .identifier: mean
    case .integer, .date: mean.rounded()
    case .category: Double(categories.indices.max { categories[$0].count < categories[$1].count } ?? 0)
    }
  }

  /// The most points that a column has.
  static let pointLimit = 128
  /// The most decimals.
  static let decimalLimit = 17

  /// What contradicts itself in it; nil where nothing does.
  var objection: String? {
    if !kind.isData { return "it is of identifiers, which are no data: name it among \"identifiers\"" }
    if let objection = numberObjection { return objection }
    if missingCount < 0 || categories.contains(where: { $0.count < 0 }) || points.contains(where: { $0.count < 0 }) {
      return "a count is negative"
    }
    if !(0...64).contains(blanks) { return "blanks are \(blanks); there can be 0 to 64" }
    switch kind {
    case .boolean:
      guard categories.count == 2, categories[0].text != categories[1].text else {
        return "True and False have two different texts as \"categories\", that of False first"
      }
    case .category:
      if categories.isEmpty { return "it has no \"categories\"" }
      for (one, next) in zip(categories, categories.dropFirst()) where !one.precedes(next) {
        return one.text.utf8.elementsEqual(next.text.utf8)
          ? "the category \"\(CellPlace.short(one.text))\" is there twice"
          : "the categories are not in the order of their bytes: \"\(CellPlace.short(next.text))\" stands behind "
            + "\"\(CellPlace.short(one.text))\""
      }
    case .date: if dateFormat == nil { return "dates need a \"date_format\", as YYYY-MM-DD" }
    case .number, .integer, .identifier: break
    }
    if !kind.hasCategories && !categories.isEmpty { return "a column of \(kind.title) has no categories" }
    if joinsRare && otherIndex == nil {
      return "it joins rare categories and has none called \"\(TableColumn.otherText)\""
    }
    return nil
  }

  private var numberObjection: String? {
    let limit = 0...TableColumn.decimalLimit
    if !limit.contains(decimals) || !(0...decimals).contains(leastDecimals) {
      return "decimals are \(leastDecimals) to \(decimals); they can be 0 to \(TableColumn.decimalLimit)"
    }
    if let spacing, !(spacing > 0 && spacing.isFinite) { return "the spacing \(spacing) is not positive" }
    if let range, !(range.lowerBound.isFinite && range.upperBound.isFinite) { return "the range is not finite" }
    if let mean, !mean.isFinite { return "the mean is not finite" }
    if let standardDeviation, !(standardDeviation >= 0 && standardDeviation.isFinite) {
      return "the standard deviation \(standardDeviation) is negative or not finite"
    }
    if let distinctCount, distinctCount < 0 { return "a count is negative" }
    if points.count > TableColumn.pointLimit { return "it has more than \(TableColumn.pointLimit) points" }
    if !points.allSatisfy(\.value.isFinite) { return "a point is not finite" }
    return zip(points, points.dropFirst()).allSatisfy { $0.value < $1.value }
      ? nil : "the points are not in ascending order"
  }
}

extension ColumnCategory {
  /// Whether it stands before another one: by its bytes, so that the order is the same everywhere.
  func precedes(_ other: ColumnCategory) -> Bool { text.utf8.lexicographicallyPrecedes(other.text.utf8) }
}
