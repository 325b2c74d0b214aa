/// Whether a table's first row names its columns, and why it is taken for that.
enum TableHeader {
  /// It does, because options say so or name a column of it.
  case told
  /// It does: it is text over numbers, or in quotes over numbers that are not.
  case names
  /// It does: it is whole numbers that count or rise, over numbers that do not.
  case wholeNumbers
  /// It names all columns but the first, which holds names of rows.
  case namesBesideRowNames
  /// A comment before the first row does, which has as many values as the rows.
  case comment
  /// The first row is a datum.
  case none

  /// Decides by the first rows, of which the columns that are read matter most: what is text in all rows is no sign of a
  /// header, and what is left out need not be numbers.
  ///
  /// - Throws: where the first row is partly text and partly numbers, and may be either.
  init(
    _ sample: TableSample, _ names: [String], _ options: TableOptions, columns: [Int], commentWidth: Int, path: String
  ) throws(VAEError) {
    // Nothing is known of a row that is longer than what is looked at.
    guard !sample.rows.isEmpty else {
      self = options.header == .yes ? .told : .none
      return
    }
    switch options.header {
    case .no: self = .none
    case .yes: self = sample.hasRowNames ? .namesBesideRowNames : .told
    case .detect:
      if sample.hasRowNames {
        self = .namesBesideRowNames
      } else if TableHeader.isNamed(by: options, names) {
        self = .told
      } else {
        self = try TableHeader.decide(FirstRow(sample, columns), path)
      }
      if case .none = self, commentWidth > 1, commentWidth == sample.commonWidth { self = .comment }
    }
  }

  /// Whether options name a column of the first row by something that is no number, or all columns that a model takes.
  private static func isNamed(by options: TableOptions, _ names: [String]) -> Bool {
    let names = Set(names)
    let asked = (options.columns ?? []) + options.droppedColumns + (options.matching ?? [])
    if asked.contains(where: { !$0.isEmpty && Int($0) == nil && names.contains($0) }) { return true }
    return options.matching.map { !$0.isEmpty && $0.allSatisfy(names.contains) } ?? false
  }

  private static func decide(_ row: FirstRow, _ path: String) throws(VAEError) -> TableHeader {
    if row.isAllText { return .names }
    if row.hasTextOverNumbers {
      if row.isMostlyText || row.hasCountingNumbers || row.hasRisingNumbers { return .names }
      throw VAEError(
        .data,
        "\(path): the first row is partly text, partly numbers, over rows of numbers. Does it name the columns, or is it "
          + "a datum? Say so, or put right what is text in it.", remedy: .sayHeader)
    }
    if row.isQuotedOverUnquoted { return .names }
    if row.isOfWholeNumbersThatName { return .wholeNumbers }
    if row.hasNoNameOverRowNumbers { return .names }
    if row.mayBeAxis {
      throw VAEError(
        .data,
        "\(path): the numbers of the first row rise or fall, and lie far from those below, as wavelengths or years over "
          + "measurements would. Do they name the columns, or are they a datum? Say so.", remedy: .sayHeader)
    }
    if row.mayCountColumns {
      throw VAEError(
        .data,
        "\(path): the first row counts from 0 on, as pandas names columns that have no name, and the rows below are whole "
          + "numbers, too. Does it name the columns, or is it a datum? Say so.", remedy: .sayHeader)
    }
    return .none
  }
}

/// What the first row has over the rows below it.
private struct FirstRow {
  private let sample: TableSample
  private let first: TableSample.Row
  private let below: ArraySlice<TableSample.Row>
  /// The columns that are read and have something in the first row, and its numbers.
  private let columns: [Int]
  private let numbers: [Double]

  init(_ sample: TableSample, _ chosen: [Int]) {
    self.sample = sample
    first = sample.rows[0]
    below = sample.rows.dropFirst()
    columns = chosen.filter { [first] in !first[$0].cell.isMissing }
    numbers = columns.compactMap { [first] in first[$0].cell.number }
  }

  private func cells(_ column: Int) -> some Sequence<TableSample.Cell> {
    below.lazy.filter { column < $0.count }.map { $0[column].cell }
  }

  var isAllText: Bool {
    !columns.isEmpty && first.allSatisfy { $0.cell.isMissing || $0.cell.isText }
  }

  /// In a column that is read over anything but text alone, what is missing left aside, or in any over numbers alone.
  var hasTextOverNumbers: Bool {
    let read = Set(columns)
    return first.indices.contains { column in
      guard first[column].cell.isText, !below.isEmpty else { return false }
      return read.contains(column)
        ? cells(column).contains { !$0.isText && !$0.isMissing } || cells(column).allSatisfy(\.isMissing)
        : cells(column).allSatisfy { $0.number != nil }
    }
  }

  var isMostlyText: Bool { 2 * numbers.count < columns.count }

  /// 0, 1, 2, … or 1, 2, 3, …
  var hasCountingNumbers: Bool {
    guard let start = numbers.first, start == 0 || start == 1, areWhole else { return false }
    return numbers.enumerated().allSatisfy { $1 == start + Double($0) }
  }

  /// At least three, each greater than the one before.
  var hasRisingNumbers: Bool { numbers.count > 2 && zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 } }

  private var areWhole: Bool {
    columns.allSatisfy { if case .whole = first[$0].cell { true } else { first[$0].cell.isText } }
  }

  /// All of it, over numbers none of which is.
  var isQuotedOverUnquoted: Bool {
    !columns.isEmpty && columns.contains { column in cells(column).contains { !$0.isMissing } }
      && columns.allSatisfy { sample.isQuoted(first[$0].field) }
      && below.allSatisfy { row in
        columns.allSatisfy { $0 < row.count && (row[$0].cell.isMissing || !sample.isQuoted(row[$0].field)) }
      }
  }

  /// Whole numbers that could hardly be a datum: they rise while all below have fractions; or they count, and below there
  /// are fractions, or a column that counts beside no name, or too many columns to be so by chance.
  var isOfWholeNumbersThatName: Bool {
    guard !below.isEmpty, numbers.count == columns.count, areWhole else { return false }
    let present = columns.map { column in cells(column).filter { !$0.isMissing } }
    let haveFractions = present.map { !$0.isEmpty && $0.allSatisfy(\.hasFraction) }
    if hasRisingNumbers && haveFractions.allSatisfy({ $0 }) { return true }
    guard hasCountingNumbers else { return false }
    if columns.contains(where: { column in isOfBooleans(column) }) { return true }
    if unnamed == [0], sample.counts(from: 0, column: 0) || sample.counts(from: 1, column: 0) { return true }
    if columns.count == 1 && numbers[0] != 0 { return false }
    if haveFractions.contains(true) { return true }
    // Not where rows below are the same numbers in another order, or count on.
    return columns.count > 3
      && !below.contains { row in
        let values = values(row)
        return values.count == numbers.count
          && (values.sorted() == numbers || zip(values, values.dropFirst()).allSatisfy { $1 == $0 + 1 })
      }
  }

  /// 0, 1, 2 and perhaps more over whole numbers that do not go on with it, as rows of numbers in order would: names, or a
  /// datum, for all that one can see.
  var mayCountColumns: Bool {
    guard columns.count > 2, numbers.count == columns.count, numbers[0] == 0, hasCountingNumbers, let next = below.first
    else { return false }
    return values(next) != numbers.map { $0 + Double(columns.count) }
  }

  /// The columns that have nothing in the first row, and something below.
  private var unnamed: [Int] {
    first.indices.filter { column in sample.isBlank(first[column].field) && cells(column).contains { !$0.isMissing } }
  }

  /// Nothing, in one field, over numbers that count the rows, and numbers in all others.
  var hasNoNameOverRowNumbers: Bool {
    guard unnamed == [0], !numbers.isEmpty, numbers.count == columns.count else { return false }
    return sample.counts(from: 0, column: 0) || sample.counts(from: 1, column: 0)
  }

  /// Three numbers or more that rise or fall, each further from the numbers below it than these are from each other.
  var mayBeAxis: Bool {
    guard columns.count > 2, numbers.count == columns.count, below.count > 7 else { return false }
    let steps = zip(numbers, numbers.dropFirst())
    guard steps.allSatisfy({ $0 < $1 }) || steps.allSatisfy({ $0 > $1 }) else { return false }
    return zip(columns, numbers).allSatisfy { column, number in
      let values = cells(column).compactMap(\.number)
      guard let least = values.min(), let greatest = values.max() else { return false }
      return number < least - (greatest - least) || number > greatest + (greatest - least)
    }
  }

  private func values(_ row: TableSample.Row) -> [Double] {
    columns.compactMap { $0 < row.count ? row[$0].cell.number : nil }
  }

  /// Whether there is True or False below, and nothing else.
  private func isOfBooleans(_ column: Int) -> Bool {
    let present = cells(column).filter { !$0.isMissing }
    return !present.isEmpty && present.allSatisfy { $0 == .boolean }
  }
}
