import Foundation

/// What a field of a table holds.
package enum TableField: Equatable {
  case number(Double)
  case boolean(Bool)
  case missing
  /// A whole number that double precision rounds: not that of an identifier.
  case rounded(Double)
  /// A number too large for double precision.
  case overflow
  case text
}

/// What stands between the whole and the fraction of a number.
package enum DecimalMark: Sendable, Equatable {
  case point
  case comma

  var byte: UInt8 {
    switch self {
    case .point: UInt8(ascii: ".")
    case .comma: UInt8(ascii: ",")
    }
  }

  var isComma: Bool { self == .comma }

  /// The other one.
  var other: DecimalMark { self == .comma ? .point : .comma }

  /// For messages.
  var title: String {
    switch self {
    case .point: "point"
    case .comma: "comma"
    }
  }
}

extension TableField {
  /// Reads a field as a decimal number: a sign, digits with or without a decimal mark, an exponent; or inf, infinity; or
  /// as True or False, or a word for what is missing.
  ///
  /// The number is the one nearest to what is written, in double precision, whatever the system's language. Spaces around
  /// it are skipped, and the minus sign of typographers (U+2212) is one, too.
  package init(
    _ bytes: [UInt8], _ field: Range<Int>, _ mark: DecimalMark = .point, _ missing: MissingWords = .usual
  ) {
    let trimmed = TableField.trimmed(bytes, field)
    if trimmed.isEmpty || missing.containsNamed(bytes[trimmed]) {
      self = .missing
    } else if let number = TableField.plainNumber(bytes, trimmed.lowerBound, trimmed.upperBound, mark.byte) {
      self = .number(number)
    } else {
      self = TableField.other(bytes[trimmed], mark, missing)
    }
  }

  /// A field without the spaces around it.
  static func trimmed(_ bytes: [UInt8], _ field: Range<Int>) -> Range<Int> {
    var (start, end) = (field.lowerBound, field.upperBound)
    while start < end, isSpace(bytes[start]) { start += 1 }
    while end > start, isSpace(bytes[end - 1]) { end -= 1 }
    return start..<end
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  /// The powers of ten that a `Double` holds exactly.
  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// The value where its digits make an integer below 2⁵³ and its power of ten is exact: one multiplication or division
  /// then rounds correctly (Clinger 1990, "How to read floating point numbers accurately"). Else nil.
  private static func plainNumber(_ bytes: [UInt8], _ start: Int, _ end: Int, _ mark: UInt8) -> Double? {
    var index = start
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
    var digits: UInt64 = 0
    var (count, exponent) = (0, 0)
    var hasMark = false
    loop: while index < end {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        count += 1
        // 10¹⁹ fits; with more digits it may not.
        if count > 19 { return nil }
        digits = digits &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
        if hasMark { exponent -= 1 }
      case mark:
        if hasMark { return nil }
        hasMark = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"): break loop
      default: return nil
      }
      index += 1
    }
    guard count > 0, digits <= 1 << 53 else { return nil }
    if index < end {
      index += 1
      guard index < end else { return nil }
      let isNegativePower = bytes[index] == UInt8(ascii: "-")
      if isNegativePower || bytes[index] == UInt8(ascii: "+") { index += 1 }
      guard index < end, end - index <= 4 else { return nil }
      var power = 0
      while index < end {
        guard isDigit(bytes[index]) else { return nil }
        power = power * 10 + Int(bytes[index] - UInt8(ascii: "0"))
        index += 1
      }
      exponent += isNegativePower ? -power : power
    }
    guard (-22...22).contains(exponent) else { return nil }
    let value =
      exponent < 0 ? Double(digits) / powersOfTen[-exponent] : Double(digits) * powersOfTen[exponent]
    return isNegative ? -value : value
  }

  /// Words, numbers that take care, and all that is none.
  private static func other(_ bytes: ArraySlice<UInt8>, _ mark: DecimalMark, _ missing: MissingWords) -> TableField {
    // The longest number that a Double can be has 1,075 digits.
    guard bytes.count <= 4096 else { return .text }
    if bytes.starts(with: [0xe2, 0x88, 0x92]) {
      let plain = [UInt8(ascii: "-")] + bytes.dropFirst(3)
      return plain.count > 1 && !"+-".utf8.contains(plain[1]) ? TableField(plain, plain.indices, mark) : .text
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let word = text.lowercased()
    switch word {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "inf", "+inf", "infinity", "+infinity": return .number(.infinity)
    case "-inf", "-infinity": return .number(-.infinity)
    default: return missing.contains(word) ? .missing : number(bytes, mark)
    }
  }

  /// A number of any length; digits and signs that make none are text.
  private static func number(_ bytes: ArraySlice<UInt8>, _ mark: DecimalMark) -> TableField {
    guard bytes.allSatisfy({ isDigit($0) || $0 == mark.byte || "+-eE".utf8.contains($0) }) else { return .text }
    let point = UInt8(ascii: ".")
    guard let number = Double(String(decoding: bytes.map { $0 == mark.byte ? point : $0 }, as: UTF8.self)) else {
      return .text
    }
    guard number.isFinite else { return .overflow }
    let digits = bytes.drop { "+-0".utf8.contains($0) }
    // Without mark or exponent it is whole. Fifteen digits, and zeros behind them, are what a program had of a number; more
    // are an identifier's, unless they are all there.
    let figures = digits.reversed().drop { $0 == UInt8(ascii: "0") }
    guard figures.count > 15, digits.allSatisfy(isDigit) else { return .number(number) }
    return String(format: "%.0f", abs(number)).utf8.elementsEqual(digits) ? .number(number) : .rounded(number)
  }
}
