/// How the numbers of a column are written.
struct DigitSurvey {
  /// The numbers from which on what they are multiples of is no chance.
  private static let gridCount = 10
  /// The most multiples between the least number and the greatest.
  private static let gridLimit = 1e8

  /// Whether none has a decimal mark, an exponent, or more digits than an integer holds.
  private(set) var areWhole = true
  private(set) var hasExponents = false
  private(set) var decimals = 0
  private(set) var leastDecimals = TableColumn.decimalLimit
  /// Whether all are the index of their row, from 0 or 1 on.
  private(set) var areCounting = true
  private var count = 0
  private var first: UInt64 = 0
  /// The greatest common divisor of the numbers in units of the last decimal; 0 before the first.
  private var divisor: UInt64 = 0

  /// Takes note of a number's text, without blanks around it.
  mutating func add(_ bytes: ArraySlice<UInt8>, _ mark: DecimalMark) {
    var (digits, figures, decimals, exponent) = (UInt64(0), 0, 0, 0)
    var (hasMark, isNumber) = (false, true)
    var index = bytes.startIndex
    loop: while index < bytes.endIndex {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits = digits &* 10 &+ UInt64(byte - UInt8(ascii: "0"))
        if digits > 0 { figures += 1 }
        if hasMark { decimals += 1 }
      case mark.byte: hasMark = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        // Of words, as inf, nothing is written here.
        exponent = Int(String(decoding: bytes[(index + 1)...], as: UTF8.self)) ?? 0
        hasExponents = true
        break loop
      case UInt8(ascii: "+"), UInt8(ascii: "-"), 0xe2, 0x88, 0x92: break
      default: isNumber = false
      }
      index += 1
    }
    count += 1
    let isExact = isNumber && figures <= 18
    let isPlain = isExact && !hasMark && exponent == 0 && index == bytes.endIndex
    if areCounting {
      if count == 1 { first = digits }
      areCounting = isPlain && first <= 1 && digits == first + UInt64(count - 1) && !bytes.starts(with: "-".utf8)
    }
    guard isNumber else {
      areWhole = false
      divisor = 1
      return
    }
    if hasMark || index < bytes.endIndex { areWhole = false }
    let most = min(TableColumn.decimalLimit, max(0, decimals - max(-400, min(exponent, 400))))
    if index == bytes.endIndex { leastDecimals = min(leastDecimals, min(decimals, most)) }
    if most > self.decimals {
      divisor = DigitSurvey.scaled(divisor, by: most - self.decimals)
      self.decimals = most
    }
    if divisor == 1 { return }
    let shift = self.decimals - (decimals - exponent)
    divisor =
      isExact && (0...18).contains(shift) ? DigitSurvey.divisor(divisor, DigitSurvey.scaled(digits, by: shift)) : 1
  }

  /// Writes what was seen into a column.
  func write(into column: inout TableColumn) {
    column.decimals = decimals
    // What has an exponent is written as it is.
    column.leastDecimals = leastDecimals > decimals ? 0 : leastDecimals
    column.hasExponents = hasExponents
    // A few numbers are multiples of something by chance, and the last of many digits says little.
    guard divisor > 1, count >= DigitSurvey.gridCount, let range = column.range, range.lowerBound < range.upperBound
    else { return }
    let spacing = Double(divisor) / (0..<decimals).reduce(1.0) { product, _ in product * 10 }
    if (range.upperBound - range.lowerBound) / spacing <= DigitSurvey.gridLimit { column.spacing = spacing }
  }

  /// Times a power of ten; 1, of which all are multiples, where that is too large.
  private static func scaled(_ number: UInt64, by power: Int) -> UInt64 {
    var product = number
    for _ in 0..<power {
      let (next, overflow) = product.multipliedReportingOverflow(by: 10)
      if overflow { return 1 }
      product = next
    }
    return product
  }

  private static func divisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}
