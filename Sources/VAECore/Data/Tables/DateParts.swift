/// The numbers of a text that looks like a date, before it is known in which order they stand.
struct DateParts {
  /// The three numbers of the date.
  private(set) var numbers: [Int] = []
  private(set) var hour = 0
  private(set) var minute = 0
  private(set) var second = 0
  /// What stands behind the seconds' point, as a whole number.
  private(set) var fraction = 0
  private(set) var fractionDigits = 0
  /// The seconds by which the time's zone is before UTC.
  private(set) var offset = 0

  private var digits: [Int] = []
  /// Whether a number of one or two digits begins with 0.
  private var startsWithZero: [Bool] = []
  private var separator: UInt8 = 0
  private var time: DateFormat.Time?
  private var hourDigits = 0
  private var hourStartsWithZero = false

  /// The parts of a text; nil where it does not look like a date. Of a pattern, letters stand for digits.
  init?(_ bytes: [UInt8], isPattern: Bool) {
    guard (8...40).contains(bytes.count) else { return nil }
    var scan = Scan(bytes, isPattern: isPattern)
    for index in 0..<3 {
      guard let number = scan.number("YMD", atMost: 4) else { return nil }
      append(number)
      if index == 2 { break }
      guard let byte = scan.next(of: "-/."), index == 0 || byte == separator else { return nil }
      separator = byte
    }
    guard digits[0] == 4 && digits[1] <= 2 && digits[2] <= 2 || digits[2] == 4 && digits[0] <= 2 && digits[1] <= 2
    else { return nil }
    if scan.isAtEnd { return }
    guard let blank = scan.next(of: "T "), let hours = scan.number("h", atMost: 2), scan.next(of: ":") != nil,
      let minutes = scan.number("m", atMost: 2), minutes.digits == 2
    else { return nil }
    (hour, hourDigits, hourStartsWithZero) = (hours.value, hours.digits, hours.startsWithZero)
    minute = minutes.value
    var hasSeconds = false
    if scan.next(of: ":") != nil {
      guard let seconds = scan.number("s", atMost: 2), seconds.digits == 2 else { return nil }
      (second, hasSeconds) = (seconds.value, true)
      if scan.next(of: ".") != nil {
        guard let digits = scan.number("f", atMost: 9) else { return nil }
        (fraction, fractionDigits) = (digits.value, digits.digits)
      }
    }
    let zone = scan.rest
    guard zone.isEmpty || DateParts.isZone(zone) else { return nil }
    offset = DateParts.offset(of: zone)
    time = DateFormat.Time(separator: blank, hasSeconds: hasSeconds, fractionDigits: fractionDigits, zone: zone)
  }

  private mutating func append(_ number: Scan.Number) {
    numbers.append(number.value)
    digits.append(number.digits)
    startsWithZero.append(number.startsWithZero)
  }

  /// The formats that it may be in, those with two digits for days and months first.
  var formats: [DateFormat] {
    let orders: [DateFormat.Order] =
      digits[0] == 4 ? [.yearFirst] : separator == UInt8(ascii: ".") ? [.dayFirst] : [.dayFirst, .monthFirst]
    return orders.flatMap { order in
      [true, false].map { DateFormat(order: order, separator: separator, isPadded: $0, time: time) }.filter(fits)
    }
  }

  /// Whether it is written as a format says, whatever its numbers are.
  func fits(_ format: DateFormat) -> Bool {
    guard format.separator == separator, format.time == time, (format.order == .yearFirst) == (digits[0] == 4) else {
      return false
    }
    let short = digits[0] == 4 ? [1, 2] : [0, 1]
    return format.isPadded
      ? short.allSatisfy { digits[$0] == 2 } && (time == nil || hourDigits == 2)
      : !short.contains { startsWithZero[$0] } && !hourStartsWithZero
  }

  private static func isZone(_ zone: String) -> Bool {
    if zone == "Z" { return true }
    let bytes = Array(zone.utf8)
    guard bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-") else { return false }
    let digits = bytes.dropFirst().filter { TableField.isDigit($0) }
    let isColon = bytes.count == 6 && bytes[3] == UInt8(ascii: ":")
    return digits.count == 4 && (isColon || bytes.count == 5)
  }

  /// The seconds by which a zone is before UTC.
  static func offset(of zone: String) -> Int {
    let digits = zone.utf8.filter { TableField.isDigit($0) }.map { Int($0) - 48 }
    guard digits.count == 4 else { return 0 }
    let minutes = (digits[0] * 10 + digits[1]) * 60 + digits[2] * 10 + digits[3]
    return zone.hasPrefix("-") ? -minutes * 60 : minutes * 60
  }
}

/// A position in a text that goes on over numbers and signs.
private struct Scan {
  struct Number {
    let value: Int
    let digits: Int
    /// Whether it has two digits, of which the first is 0.
    let startsWithZero: Bool
  }

  private let bytes: [UInt8]
  private let isPattern: Bool
  private var position = 0

  init(_ bytes: [UInt8], isPattern: Bool) { (self.bytes, self.isPattern) = (bytes, isPattern) }

  var isAtEnd: Bool { position == bytes.count }

  var rest: String { String(decoding: bytes[position...], as: UTF8.self) }

  /// The next digits, in a pattern the next letters of these.
  mutating func number(_ letters: String, atMost limit: Int) -> Number? {
    let start = position
    var value = 0
    while position < bytes.count, position - start < limit {
      let byte = bytes[position]
      guard isPattern ? letters.utf8.contains(byte) : TableField.isDigit(byte) else { break }
      value = isPattern ? 1 : value * 10 + Int(byte - UInt8(ascii: "0"))
      position += 1
    }
    let digits = position - start
    guard digits > 0, isAtEnd || !TableField.isDigit(bytes[position]) else { return nil }
    return Number(
      value: value, digits: digits, startsWithZero: !isPattern && digits == 2 && bytes[start] == UInt8(ascii: "0"))
  }

  /// The next byte, where it is one of some signs.
  mutating func next(of signs: String) -> UInt8? {
    guard position < bytes.count, signs.utf8.contains(bytes[position]) else { return nil }
    position += 1
    return bytes[position - 1]
  }
}
