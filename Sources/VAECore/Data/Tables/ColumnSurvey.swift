/// What a column of a table is taken for, from one look at each of its values and in bounded memory.
struct ColumnSurvey {
  /// What somebody says of the column.
  struct Wish: Equatable {
    let kind: ColumnKind
    let dateFormat: DateFormat?
  }

  /// The different texts that a column of categories has at most, where nobody says.
  static let usualLimit = 1000
  /// Numbers after which a column without a text is one of numbers.
  private static let numberLimit = 1000
  /// The rows from which on a count of them is an identifier.
  private static let countingLimit = 10
  /// Texts from which on a column that has hardly any twice is one of identifiers.
  private static let identifierLimit = 20

  let wish: Wish?
  private let limit: Int?
  private var rows = 0
  private var (missing, numbers, booleans, others, padded) = (0, 0, 0, 0, 0)
  private var hasOtherNumbers = false
  private var missingText: String?
  private var trueText: String?
  private var falseText: String?
  private var trueCount = 0
  private var blanks: Int?
  private var hasSameBlanks = true
  private var quoted = 0
  private var firstOther: (cell: TableField, place: CellPlace, text: String)?
  private var firstFraction: (place: CellPlace, text: String)?
  private var values = NumberSurvey()
  private var digits = DigitSurvey()
  private var dates: DateSurvey
  private var texts: FrequentValues<[UInt8]>
  private var distinct = DistinctTexts()
  /// Whether the column may still be one of texts.
  private var keepsTexts: Bool

  /// - Parameters:
  ///   - wish: what somebody says of the column.
  ///   - limit: the most categories, where somebody says; the rare ones are joined then.
  init(_ wish: Wish?, limit: Int?) {
    (self.wish, self.limit) = (wish, limit)
    dates = DateSurvey(wish?.dateFormat)
    keepsTexts = wish.map { $0.kind.hasCategories } ?? true
    texts = FrequentValues(capacity: max(8192, 4 * (limit ?? 0)))
  }

  /// Takes note of the next row's value.
  ///
  /// - Throws: where it contradicts what somebody says of the column.
  mutating func add(
    _ bytes: [UInt8], _ field: Range<Int>, _ mark: DecimalMark, _ place: () -> CellPlace
  ) throws(VAEError) {
    rows += 1
    let isQuoted = SeparatedRecords.isQuoted(bytes, field)
    let trimmed = TableField.trimmed(bytes, field)
    if wish?.kind == .identifier { return }
    let cell = TableField(bytes, field, mark)
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
      if !digits.areWhole && firstFraction == nil { firstFraction = (place(), text()) }
      if numbers > ColumnSurvey.numberLimit, others + padded + booleans == 0, wish == nil, keepsTexts {
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

// MARK: What it comes to

extension ColumnSurvey {
  /// The column; nil where it is one of identifiers.
  ///
  /// - Throws: where it is of several kinds, or has too many categories.
  func column(_ name: String?, _ place: CellPlace) throws(VAEError) -> TableColumn? {
    let kind: ColumnKind
    if let wish { kind = wish.kind } else { kind = try foundKind(place) }
    guard kind.isData else { return nil }
    var column = TableColumn(name: name, kind: kind)
    column.missingCount = missing
    column.missingText = missingText ?? ""
    if hasSameBlanks { column.blanks = min(64, blanks ?? 0) }
    column.isQuoted = quoted > 0 && quoted >= rows - missing
    switch kind {
    case .number, .integer:
      values.write(into: &column, rowCount: rows)
      digits.write(into: &column)
    case .boolean: writeBooleans(into: &column)
    case .category:
      try writeCategories(into: &column, place)
      column.missingCount = 0
    case .date:
      guard let choice = dates.choice else { throw ambiguous(place) }
      column.dateFormat = choice.format
      choice.numbers.write(into: &column, rowCount: rows)
      column.decimals = choice.format.time?.fractionDigits ?? 0
    case .identifier: break
    }
    return column
  }

  private func foundKind(_ place: CellPlace) throws(VAEError) -> ColumnKind {
    if others == 0 && padded == 0 {
      if booleans > 0 {
        guard hasOtherNumbers else { return .boolean }
        throw VAEError(
          .data,
          "\(place.file): \(CellPlace.column(place.column, place.columnName)) has both True or False and numbers other than 0 "
            + "and 1. Leave it out, make numbers of it, or take it for categories.",
          remedy: .takeForCategories(place.option))
      }
      if numbers == 0 { return .number }
      let isIndex = rows >= ColumnSurvey.countingLimit && missing == 0 && digits.areCounting
      return isIndex ? .identifier : digits.areWhole ? .integer : .number
    }
    if dates.count > 0, firstOther == nil, numbers + padded + booleans == 0 {
      if let other = dates.other { throw twoFormats(other.place, other.text) }
      return .date
    }
    // What is a number or a date mostly has something else in it by mistake, as far as one can see.
    if let other = firstOther ?? dates.other.map({ (.text, $0.place, $0.text) }) {
      if dates.count > others - dates.count { throw VAEError.contradiction(other.place, other.text, .date) }
      if padded == 0 && numbers > 0 && numbers >= others && !isLongNumbers {
        throw other.cell == .text
          ? VAEError.notNumber(other.place, other.text) : VAEError.contradiction(other.place, other.text, .number)
      }
    }
    guard keepsTexts else {
      throw firstOther.map { VAEError.notNumber($0.place, $0.text) } ?? VAEError.contradiction(place, "", .category)
    }
    if texts.isExact ? texts.distinctCount >= ColumnSurvey.identifierLimit : true,
      distinctTexts >= 0.9 * Double(rows - missing)
    {
      return .identifier
    }
    return .category
  }

  /// Whether what is no number are whole numbers that are too long to be one.
  private var isLongNumbers: Bool { if case .rounded = firstOther?.cell { true } else { false } }

  private var distinctTexts: Double { texts.isExact ? Double(texts.distinctCount) : distinct.estimate }

  private func writeBooleans(into column: inout TableColumn) {
    let model = trueText ?? falseText ?? "True"
    let isUpper = model == model.uppercased()
    let isLower = model == model.lowercased()
    func spelled(_ word: String) -> String { isUpper ? word.uppercased() : isLower ? word.lowercased() : word }
    // Of numbers among them nobody knows which they were.
    column.categories = [
      ColumnCategory(falseText ?? spelled("False"), count: booleans - trueCount),
      ColumnCategory(trueText ?? spelled("True"), count: trueCount),
    ]
    column.distinctCount = (trueCount > 0 ? 1 : 0) + (booleans > trueCount ? 1 : 0)
    guard booleans > 0, numbers == 0 else { return }
    let mean = Double(trueCount) / Double(booleans)
    column.mean = mean
    column.standardDeviation = (mean * (1 - mean)).squareRoot()
    column.range = (trueCount == booleans ? 1 : 0)...(trueCount == 0 ? 0 : 1)
  }

  private func writeCategories(into column: inout TableColumn, _ place: CellPlace) throws(VAEError) {
    // Bytes that are no UTF-8 may become the same text.
    var counts: [[UInt8]: Int] = [:]
    for (bytes, count) in texts.counts {
      counts[Array(String(decoding: bytes, as: UTF8.self).utf8), default: 0] += count
    }
    let most = limit ?? ColumnSurvey.usualLimit
    if counts.count > most || !texts.isExact {
      guard limit != nil else {
        throw tooMany(place, texts.isExact ? "\(counts.count)" : "about \(Int(distinct.estimate))")
      }
      column.joinsRare = true
      let other = Array(TableColumn.otherText.utf8)
      let kept = counts.filter { $0.key != other }
        .sorted { $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key) }
        .prefix(most - 1)
      counts = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
      counts[other] = rows - kept.reduce(0) { $0 + $1.value }
    }
    column.categories = counts.map { ColumnCategory(String(decoding: $0.key, as: UTF8.self), count: $0.value) }
      .sorted { $0.precedes($1) }
    column.distinctCount = texts.isExact ? texts.distinctCount : nil
  }

  // MARK: What is wrong

  private func twoFormats(_ place: CellPlace, _ text: String) -> VAEError {
    VAEError(
      .data,
      "\(place) is \"\(CellPlace.short(text))\", a date in another format than \"\(dates.firstText)\" before it. Write all "
        + "dates of a column in one format, or take it for categories, or leave it out.",
      remedy: .takeForCategories(place.option))
  }

  private func ambiguous(_ place: CellPlace) -> VAEError {
    let formats = dates.choices.map(\.description)
    guard formats.count > 1 else {
      return VAEError(
        .data,
        "\(place.file): \(CellPlace.column(place.column, place.columnName)) holds no date, and is to be one of dates: leave it out.",
        remedy: .leaveOutColumn(place.option))
    }
    return VAEError(
      .data,
      "\(place.file): all dates in \(CellPlace.column(place.column, place.columnName)) may be \(formats.joined(separator: " or ")), as "
        + "\"\(dates.firstText)\": say which.", remedy: .sayDateFormat(place.option, formats))
  }

  private func tooMany(_ place: CellPlace, _ count: String) -> VAEError {
    VAEError(
      .data,
      "\(place.file): \(CellPlace.column(place.column, place.columnName)) has \(count) different texts, too many for categories. "
        + "Take it for an identifier, which is left out, or say how many categories it may have: the rarest become one.",
      remedy: .limitCategories(place.option))
  }
}
