/// What a column of a table is taken for, from one look at each of its values and in bounded memory.
struct ColumnSurvey {
  /// What somebody says of the column.
  struct Wish: Equatable {
    let kind: ColumnKind
    let dateFormat: DateFormat?
  }

  /// The different texts that a column of categories has at most, where nobody says.
  static let usualLimit = 1000
  /// The bytes that a category's text has at most: longer ones are prose.
  static let textLimit = 1024
  /// The rows from which on a count of them is an identifier.
  static let countingLimit = 10
  /// Texts from which on a column that has hardly any twice is one of identifiers.
  static let identifierLimit = 20

  /// How much is remembered of a column, less where there are many of them.
  struct Capacity {
    /// The different numbers.
    let numbers: Int
    /// The numbers after which a column without a text is one of numbers.
    let beforeTexts: Int

    init(ofColumns count: Int) {
      numbers = max(128, min(8192, (1 << 22) / max(1, count)))
      beforeTexts = max(64, min(1000, (1 << 21) / max(1, count)))
    }
  }

  let wish: Wish?
  let capacity: Capacity
  let limit: Int?
  var rows = 0
  var (missing, numbers, booleans, others, padded) = (0, 0, 0, 0, 0)
  var hasOtherNumbers = false
  var missingText: String?
  var trueText: String?
  var falseText: String?
  var trueCount = 0
  var blanks: Int?
  var hasSameBlanks = true
  var quoted = 0
  var firstOther: (cell: TableField, place: CellPlace, text: String)?
  /// What stands for a missing value.
  let words: MissingWords
  /// Whether a text may be missing; else what stands for it is a category of its own.
  let textsMayLack: Bool
  /// The decimal mark of the table's numbers.
  var mark = DecimalMark.point
  var values: NumberSurvey
  /// Whether a text is too long for a category.
  var hasProse = false
  var digits = DigitSurvey()
  var dates: DateSurvey
  var texts: FrequentValues<[UInt8]>
  var distinct = DistinctTexts()
  /// Whether the column may still be one of texts.
  var keepsTexts: Bool

  /// - Parameters:
  ///   - wish: what somebody says of the column.
  ///   - limit: the most categories, where somebody says; the rare ones are joined then.
  ///   - words: what stands for a missing value.
  ///   - textsMayLack: whether a text may be missing; else what stands for it is a category of its own.
  ///   - capacity: how much is remembered.
  init(_ wish: Wish?, limit: Int?, words: MissingWords, textsMayLack: Bool, _ capacity: Capacity) {
    (self.words, self.textsMayLack) = (words, textsMayLack)
    (self.wish, self.limit, self.capacity) = (wish, limit, capacity)
    values = NumberSurvey(capacity: capacity.numbers)
    dates = DateSurvey(wish?.dateFormat, capacity: capacity.numbers)
    keepsTexts = wish.map { $0.kind.hasCategories } ?? true
    texts = FrequentValues(capacity: max(8192, 4 * min(limit ?? 0, 1 << 20)))
  }

  /// Takes note of the next row's value.
  ///
  /// - Throws: where it contradicts what somebody says of the column.
  mutating func add(
    _ bytes: [UInt8], _ field: Range<Int>, _ mark: DecimalMark, _ place: () -> CellPlace
  ) throws(VAEError) {
    rows += 1
    self.mark = mark
    let isQuoted = SeparatedRecords.isQuoted(bytes, field)
    let trimmed = TableField.trimmed(bytes, field)
    if wish?.kind == .identifier { return }
    let cell = TableField(bytes, field, mark, words)
    note(blanks: isQuoted ? 0 : trimmed.lowerBound - field.lowerBound)
    if isQuoted { quoted += 1 }
    func text() -> String { SeparatedRecords.text(bytes, field) }
    switch cell {
    case .missing:
      missing += 1
      if missingText == nil { missingText = text() }
    case .number(let number) where !ColumnSurvey.isPadded(bytes[trimmed]):
      numbers += 1
      if number != 0 && number != 1 { hasOtherNumbers = true }
      values.add(number)
      digits.add(bytes[trimmed], mark)
      if numbers > capacity.beforeTexts, others + padded + booleans == 0, wish == nil, keepsTexts {
        keepsTexts = false
        texts = FrequentValues(capacity: 1)
        distinct = DistinctTexts()
      }
    case .number(let number):
      padded += 1
      values.add(number)
      digits.add(bytes[trimmed], mark)
    case .boolean(let isTrue):
      booleans += 1
      trueCount += isTrue ? 1 : 0
      if isTrue, trueText == nil { trueText = text() }
      if !isTrue, falseText == nil { falseText = text() }
    case .rounded, .overflow, .text:
      others += 1
      let isDate =
        cell == .text && TableField.isDigit(bytes[trimmed.lowerBound]) && dates.add(Array(bytes[trimmed]), place)
      if firstOther == nil, !isDate { firstOther = (cell, place(), text()) }
    }
    try checkWish(cell, place, text)
    guard keepsTexts else { return }
    let key = Array(SeparatedRecords.textBytes(bytes, field))
    guard key.count <= ColumnSurvey.textLimit else {
      hasProse = true
      distinct.add(key)
      if wish == nil { return }
      throw VAEError(
        .data,
        "\(place()) is a text of \(key.count) bytes, too long for a category, which has at most \(ColumnSurvey.textLimit): leave "
          + "the column out.", remedy: .leaveOutColumn(place().option))
    }
    texts.add(key)
    distinct.add(key)
  }

  /// Whether a number is whole and begins with a 0 that it does not need.
  private static func isPadded(_ bytes: ArraySlice<UInt8>) -> Bool {
    let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
    return digits.count > 1 && digits.first == UInt8(ascii: "0") && digits.allSatisfy(TableField.isDigit)
  }

  private mutating func note(blanks count: Int) {
    if blanks == nil { blanks = count }
    hasSameBlanks = hasSameBlanks && blanks == count
  }

  /// Throws as soon as a value is none of the kind that somebody says, so that nobody waits for it.
  private func checkWish(_ cell: TableField, _ place: () -> CellPlace, _ text: () -> String) throws(VAEError) {
    guard let kind = wish?.kind else { return }
    switch (kind, cell) {
    case (.number, .text), (.number, .boolean), (.integer, .text), (.integer, .boolean), (.number, .overflow),
      (.integer, .overflow), (.number, .rounded), (.integer, .rounded):
      throw VAEError.contradiction(place(), text(), kind)
    case (.integer, .number) where !digits.areWhole: throw VAEError.contradiction(place(), text(), kind)
    case (.date, .number), (.date, .boolean), (.date, .rounded), (.date, .overflow):
      throw VAEError.contradiction(place(), text(), kind)
    case (.date, .text) where firstOther != nil || dates.other != nil:
      if firstOther == nil, let other = dates.other { throw twoFormats(other.place, other.text) }
      throw VAEError.contradiction(place(), text(), kind)
    case (.category, _) where limit == nil && texts.distinctCount > ColumnSurvey.usualLimit:
      throw tooMany(place(), "more than \(ColumnSurvey.usualLimit)")
    case (.number, _), (.integer, _), (.boolean, _), (.category, _), (.date, _), (.identifier, _): break
    }
  }
}
