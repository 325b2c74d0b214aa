/// As JSON: members with their usual values may be left out, and none may have another name.
extension TableSchema: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case columns, identifiers
    case rowCount = "row_count"
    case missingTokens = "missing_tokens"
    case style, encoding
  }

  /// Reads a schema; throws where it contradicts itself.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.strictContainer(CodingKeys.self)
    self.init(
      columns: try values.decode([TableColumn].self, forKey: .columns),
      identifiers: try values.decodeIfPresent([String].self, forKey: .identifiers) ?? [],
      rowCount: try values.decodeIfPresent(Int.self, forKey: .rowCount) ?? 0,
      style: try values.decodeIfPresent(TableStyle.self, forKey: .style) ?? TableStyle())
    encoding = try values.decodeIfPresent(ModeEncoding.self, forKey: .encoding)
    missingTokens = try values.decodeIfPresent([String].self, forKey: .missingTokens)
    if !values.contains(.style) { style.hasHeader = names != nil }
    if !values.contains(.rowCount) { rowCount = columns.map(\.missingCount).max() ?? 0 }
    if let objection {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath + [CodingKeys.columns], debugDescription: "\(objection)."))
    }
  }

  /// Writes the schema.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(columns, forKey: .columns)
    if !identifiers.isEmpty { try values.encode(identifiers, forKey: .identifiers) }
    try values.encode(rowCount, forKey: .rowCount)
    try values.encodeIfPresent(missingTokens, forKey: .missingTokens)
    try values.encode(style, forKey: .style)
    try values.encodeIfPresent(encoding, forKey: .encoding)
  }
}

extension TableColumn: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, kind, range, mean
    case standardDeviation = "standard_deviation"
    case decimals
    case leastDecimals = "least_decimals"
    case hasExponents = "has_exponents"
    case spacing, points
    case distinctCount = "distinct_count"
    case categories
    case joinsRare = "joins_rare"
    case missingCount = "missing_count"
    case missingText = "missing_text"
    case dateFormat = "date_format"
    case blanks
    case isQuoted = "is_quoted"
  }

  /// Reads a column: its kind must be there.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.strictContainer(CodingKeys.self)
    func value<T: Decodable>(_ key: CodingKeys, _ usual: T) throws -> T {
      try values.decodeIfPresent(T.self, forKey: key) ?? usual
    }
    self.init(
      name: try values.decodeIfPresent(String.self, forKey: .name),
      kind: try values.decode(ColumnKind.self, forKey: .kind))
    if let bounds = try values.decodeIfPresent([Double].self, forKey: .range) {
      guard bounds.count == 2, bounds[0] <= bounds[1] else {
        throw DecodingError.dataCorruptedError(
          forKey: .range, in: values, debugDescription: "A range is the least and the greatest number.")
      }
      range = bounds[0]...bounds[1]
    }
    mean = try values.decodeIfPresent(Double.self, forKey: .mean)
    standardDeviation = try values.decodeIfPresent(Double.self, forKey: .standardDeviation)
    decimals = try value(.decimals, 0)
    leastDecimals = try value(.leastDecimals, 0)
    hasExponents = try value(.hasExponents, false)
    spacing = try values.decodeIfPresent(Double.self, forKey: .spacing)
    points = try value(.points, [])
    distinctCount = try values.decodeIfPresent(Int.self, forKey: .distinctCount)
    categories = try value(.categories, categories)
    joinsRare = try value(.joinsRare, false)
    missingCount = try value(.missingCount, 0)
    missingText = try value(.missingText, "")
    dateFormat = try values.decodeIfPresent(DateFormat.self, forKey: .dateFormat)
    blanks = try value(.blanks, 0)
    isQuoted = try value(.isQuoted, false)
  }

  /// Writes what is not as usual.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encodeIfPresent(name, forKey: .name)
    try values.encode(kind, forKey: .kind)
    try values.encodeIfPresent(range.map { [$0.lowerBound, $0.upperBound] }, forKey: .range)
    try values.encodeIfPresent(mean, forKey: .mean)
    try values.encodeIfPresent(standardDeviation, forKey: .standardDeviation)
    if decimals != 0 { try values.encode(decimals, forKey: .decimals) }
    if leastDecimals != 0 { try values.encode(leastDecimals, forKey: .leastDecimals) }
    if hasExponents { try values.encode(hasExponents, forKey: .hasExponents) }
    try values.encodeIfPresent(spacing, forKey: .spacing)
    if !points.isEmpty { try values.encode(points, forKey: .points) }
    try values.encodeIfPresent(distinctCount, forKey: .distinctCount)
    if !categories.isEmpty { try values.encode(categories, forKey: .categories) }
    if joinsRare { try values.encode(joinsRare, forKey: .joinsRare) }
    if missingCount != 0 { try values.encode(missingCount, forKey: .missingCount) }
    if !missingText.isEmpty { try values.encode(missingText, forKey: .missingText) }
    try values.encodeIfPresent(dateFormat, forKey: .dateFormat)
    if blanks != 0 { try values.encode(blanks, forKey: .blanks) }
    if isQuoted { try values.encode(isQuoted, forKey: .isQuoted) }
  }
}

extension ColumnPoint: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case value, count }

  /// Reads a number and its count.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.strictContainer(CodingKeys.self)
    self.init(
      try values.decode(Double.self, forKey: .value), count: try values.decodeIfPresent(Int.self, forKey: .count) ?? 0)
  }

  /// Writes both.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(value, forKey: .value)
    try values.encode(count, forKey: .count)
  }
}

extension ColumnCategory: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case text, count }

  /// Reads a text and its count, or the text alone.
  public init(from decoder: any Decoder) throws {
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      self.init(text)
      return
    }
    let values = try decoder.strictContainer(CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .text), count: try values.decodeIfPresent(Int.self, forKey: .count) ?? 0)
  }

  /// Writes both.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(text, forKey: .text)
    try values.encode(count, forKey: .count)
  }
}

extension TableStyle: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case separator
    case hasDecimalCommas = "has_decimal_commas"
    case hasHeader = "has_header"
    case quotesNames = "quotes_names"
    case blanksBeforeNames = "blanks_before_names"
    case endsLinesInCRLF = "ends_lines_in_crlf"
  }

  /// Reads a style.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.strictContainer(CodingKeys.self)
    separator = try values.decodeIfPresent(TableOptions.Separator.self, forKey: .separator) ?? .comma
    hasDecimalCommas = try values.decodeIfPresent(Bool.self, forKey: .hasDecimalCommas) ?? false
    hasHeader = try values.decodeIfPresent(Bool.self, forKey: .hasHeader) ?? true
    quotesNames = try values.decodeIfPresent(Bool.self, forKey: .quotesNames) ?? false
    blanksBeforeNames = try values.decodeIfPresent(Int.self, forKey: .blanksBeforeNames) ?? 0
    endsLinesInCRLF = try values.decodeIfPresent(Bool.self, forKey: .endsLinesInCRLF) ?? false
    guard (0...64).contains(blanksBeforeNames), !(hasDecimalCommas && separator == .comma) else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "There are 0 to 64 blanks before names, and a comma is between values or within numbers."))
    }
  }

  /// Writes all of it.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(separator, forKey: .separator)
    try values.encode(hasDecimalCommas, forKey: .hasDecimalCommas)
    try values.encode(hasHeader, forKey: .hasHeader)
    try values.encode(quotesNames, forKey: .quotesNames)
    try values.encode(blanksBeforeNames, forKey: .blanksBeforeNames)
    try values.encode(endsLinesInCRLF, forKey: .endsLinesInCRLF)
  }
}

extension Decoder {
  /// The members of an object; throws where one has a name that is none of the keys'.
  fileprivate func strictContainer<Key: CodingKey & CaseIterable>(
    _ keys: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    let known = Key.allCases.map(\.stringValue)
    if let other = try container(keyedBy: AnyName.self).allKeys.map(\.stringValue).sorted().first(where: {
      !known.contains($0)
    }) {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: codingPath + [AnyName(stringValue: CellPlace.short(other))],
          debugDescription: "There is no \"\(CellPlace.short(other))\"; there are \(known.joined(separator: ", "))."))
    }
    return try container(keyedBy: keys)
  }
}

/// Any name of a member.
private struct AnyName: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
