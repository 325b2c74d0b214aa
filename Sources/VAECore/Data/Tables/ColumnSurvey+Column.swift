/// What the values of a column come to.
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
      if !textsMayLack { column.missingCount = 0 }
    case .date:
      guard let choice = dates.choice else { throw ambiguous(place) }
      column.dateFormat = choice.format
      choice.numbers.write(into: &column, rowCount: rows)
      column.decimals = choice.format.time?.fractionDigits ?? 0
      // Full minutes, hours or days.
      if choice.format.hasTime { column.spacing = choice.numbers.spacing }
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
          ? VAEError.notNumber(other.place, other.text, mark, option: other.place.option)
          : VAEError.contradiction(other.place, other.text, .number)
      }
    }
    guard keepsTexts else {
      throw firstOther.map { VAEError.notNumber($0.place, $0.text, mark, option: $0.place.option) }
        ?? VAEError.contradiction(place, "", .category)
    }
    if hasProse { return .identifier }
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
    var counts: [[UInt8]: Int] = [:]
    for (bytes, count) in texts.counts {
      // Two texts would become one where bytes that are none are replaced.
      guard String(validating: bytes, as: UTF8.self) != nil else {
        throw VAEError(
          .data,
          "\(place.file): \(CellPlace.column(place.column, place.columnName)) has the text "
            + "\"\(CellPlace.short(String(decoding: bytes, as: UTF8.self)))\", which is not in UTF-8: save the table in UTF-8."
        )
      }
      if textsMayLack && words.contains(String(decoding: bytes, as: UTF8.self)) { continue }
      counts[Array(bytes), default: 0] += count
    }
    let there = rows - (textsMayLack ? missing : 0)
    let most = max(2, limit ?? ColumnSurvey.usualLimit)
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
      counts[other] = there - kept.reduce(0) { $0 + $1.value }
    }
    column.categories = counts.map { ColumnCategory(String(decoding: $0.key, as: UTF8.self), count: $0.value) }
      .sorted { $0.precedes($1) }
    column.distinctCount = texts.isExact ? column.categories.count : nil
  }

  // MARK: What is wrong

  func twoFormats(_ place: CellPlace, _ text: String) -> VAEError {
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

  func tooMany(_ place: CellPlace, _ count: String) -> VAEError {
    VAEError(
      .data,
      "\(place.file): \(CellPlace.column(place.column, place.columnName)) has \(count) different texts, too many for categories. "
        + "Take it for an identifier, which is left out, or say how many categories it may have: the rarest become one.",
      remedy: .limitCategories(place.option))
  }
}
