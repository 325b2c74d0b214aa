/// What a field of a table holds.
package enum TableField: Equatable {
  case number(Double)
  case missing
  case text
}

extension TableField {
  /// Reads a field as a decimal number: a sign, digits with or without a point, an exponent; or inf, infinity.
  ///
  /// The number is the one nearest to what is written, in double precision, whatever the system's language. Spaces around
  /// it are skipped.
  package init(_ bytes: [UInt8], _ field: Range<Int>) {
    var (start, end) = (field.lowerBound, field.upperBound)
    while start < end, TableField.isSpace(bytes[start]) { start += 1 }
    while end > start, TableField.isSpace(bytes[end - 1]) { end -= 1 }
    if start == end {
      self = .missing
    } else if let number = TableField.plainNumber(bytes, start, end) {
      self = .number(number)
    } else {
      self = TableField.other(bytes[start..<end])
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  /// The powers of ten that a `Double` holds exactly.
  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// The value where its digits make an integer below 2⁵³ and its power of ten is exact: one multiplication or division
  /// then rounds correctly (Clinger 1990, "How to read floating point numbers accurately"). Else nil.
  private static func plainNumber(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Double? {
    var index = start
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
    var digits: UInt64 = 0
    var (count, exponent) = (0, 0)
    var hasPoint = false
    loop: while index < end {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        count += 1
        // 10¹⁹ fits; with more digits it may not.
        if count > 19 { return nil }
        digits = digits &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
        if hasPoint { exponent -= 1 }
      case UInt8(ascii: "."):
        if hasPoint { return nil }
        hasPoint = true
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
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) else { return nil }
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
  private static func other(_ bytes: ArraySlice<UInt8>) -> TableField {
    // The longest number that a Double can be has 1,075 digits.
    guard bytes.count <= 4096 else { return .text }
    let text = String(decoding: bytes, as: UTF8.self)
    switch text.lowercased() {
    case "?", "na", "n/a", "nan", "+nan", "-nan", "null": return .missing
    case "inf", "+inf", "infinity", "+infinity": return .number(.infinity)
    case "-inf", "-infinity": return .number(-.infinity)
    default:
      let isDecimal = bytes.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "+-.eE".utf8.contains($0)
      }
      return isDecimal ? Double(text).map { .number($0) } ?? .text : .text
    }
  }
}
