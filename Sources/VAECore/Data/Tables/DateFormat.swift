/// How dates are written: `YYYY-MM-DD`, `D.M.YYYY`, `MM/DD/YYYY hh:mm`, `YYYY-MM-DDThh:mm:ss.fffZ`.
///
/// A date is the number of days since the first of January 1970 in the Gregorian calendar, one with a time of day the seconds
/// since that day's midnight in UTC: a time without a zone is taken for one in UTC.
public struct DateFormat: Sendable, Hashable, LosslessStringConvertible {
  /// Which of the three numbers is which.
  enum Order: CaseIterable {
    case yearFirst, dayFirst, monthFirst
  }

  /// What follows the date.
  struct Time: Sendable, Hashable {
    /// T, or a blank.
    let separator: UInt8
    let hasSeconds: Bool
    /// The digits of a second's fraction.
    let fractionDigits: Int
    /// Z, an offset as +02:00, or nothing.
    let zone: String
  }

  let order: Order
  /// What stands between day, month and year.
  let separator: UInt8
  /// Whether days, months and hours have two digits always.
  let isPadded: Bool
  let time: Time?

  /// Whether there is a time of day.
  public var hasTime: Bool { time != nil }

  /// What a number of 1 is.
  var unit: String { hasTime ? "seconds" : "days" }

  /// The format that a pattern is; nil where it is none. Y, M, D, h, m, s and f stand for digits.
  public init?(_ pattern: String) {
    guard let parts = DateParts(Array(pattern.utf8), isPattern: true) else { return nil }
    guard let format = parts.formats.first(where: { $0.description == pattern }) else { return nil }
    self = format
  }

  init(order: Order, separator: UInt8, isPadded: Bool, time: Time?) {
    (self.order, self.separator, self.isPadded, self.time) = (order, separator, isPadded, time)
  }

  /// The pattern.
  public var description: String {
    let (day, month) = isPadded ? ("DD", "MM") : ("D", "M")
    let parts =
      switch order {
      case .yearFirst: ["YYYY", month, day]
      case .dayFirst: [day, month, "YYYY"]
      case .monthFirst: [month, day, "YYYY"]
      }
    let date = parts.joined(separator: String(UnicodeScalar(separator)))
    guard let time else { return date }
    return date + String(UnicodeScalar(time.separator)) + (isPadded ? "hh:mm" : "h:mm") + (time.hasSeconds ? ":ss" : "")
      + (time.fractionDigits > 0 ? "." + String(repeating: "f", count: time.fractionDigits) : "") + time.zone
  }

  /// The number of a text in UTF-8; nil where it is no date in this format.
  public func number(_ text: some Collection<UInt8>) -> Double? {
    DateParts(Array(text), isPattern: false).flatMap(number)
  }

  func number(_ parts: DateParts) -> Double? {
    guard parts.fits(self) else { return nil }
    let (year, month, day) =
      switch order {
      case .yearFirst: (parts.numbers[0], parts.numbers[1], parts.numbers[2])
      case .dayFirst: (parts.numbers[2], parts.numbers[1], parts.numbers[0])
      case .monthFirst: (parts.numbers[2], parts.numbers[0], parts.numbers[1])
      }
    guard (1...12).contains(month), (1...DateFormat.days(in: month, of: year)).contains(day) else { return nil }
    let days = DateFormat.dayNumber(year, month, day)
    guard time != nil else { return Double(days) }
    guard parts.hour < 24, parts.minute < 60, parts.second < 60 else { return nil }
    let seconds = days * 86_400 + parts.hour * 3_600 + parts.minute * 60 + parts.second - parts.offset
    return Double(seconds) + Double(parts.fraction) / DateFormat.power(parts.fractionDigits)
  }

  /// The text of a number, which is held to the years 0 to 9999.
  public func text(_ number: Double) -> String {
    let limit = hasTime ? -62_167_219_200.0...253_402_300_799.0 : -719_528.0...2_932_896.0
    let held = number.isNaN ? 0 : min(max(number, limit.lowerBound), limit.upperBound)
    guard let time else { return date(Int(held.rounded())) }
    let scale = DateFormat.power(time.fractionDigits)
    let whole = held.rounded(.down)
    var (seconds, fraction) = (Int(whole), Int(((held - whole) * scale).rounded()))
    // Without a fraction, the nearest second; without seconds, the nearest minute.
    if fraction >= Int(scale) { (seconds, fraction) = (seconds + 1, 0) }
    if time.fractionDigits == 0 { fraction = 0 }
    if !time.hasSeconds { seconds = Int((Double(seconds) / 60).rounded()) * 60 }
    seconds += DateParts.offset(of: time.zone)
    let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
    let (day, second) = rest < 0 ? (days - 1, rest + 86_400) : (days, rest)
    var text = date(day) + String(UnicodeScalar(time.separator))
    let hour = second / 3_600
    text += (isPadded ? DateFormat.padded(hour, 2) : String(hour)) + ":" + DateFormat.padded(second / 60 % 60, 2)
    if time.hasSeconds { text += ":" + DateFormat.padded(second % 60, 2) }
    if time.fractionDigits > 0 { text += "." + DateFormat.padded(fraction, time.fractionDigits) }
    return text + time.zone
  }

  private func date(_ day: Int) -> String {
    let (year, month, day) = DateFormat.date(ofDay: min(max(day, -719_528), 2_932_896))
    let years = DateFormat.padded(year, 4)
    let (months, days) =
      isPadded ? (DateFormat.padded(month, 2), DateFormat.padded(day, 2)) : (String(month), String(day))
    let parts =
      switch order {
      case .yearFirst: [years, months, days]
      case .dayFirst: [days, months, years]
      case .monthFirst: [months, days, years]
      }
    return parts.joined(separator: String(UnicodeScalar(separator)))
  }

  private static func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }

  private static func power(_ digits: Int) -> Double { (0..<digits).reduce(1) { product, _ in product * 10 } }
}

extension DateFormat: Codable {
  /// Reads a pattern.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.singleValueContainer()
    let pattern = try values.decode(String.self)
    guard let format = DateFormat(pattern) else {
      throw DecodingError.dataCorruptedError(
        in: values,
        debugDescription: "\"\(CellPlace.short(pattern))\" is no format of dates, as YYYY-MM-DD or DD.MM.YYYY hh:mm.")
    }
    self = format
  }

  /// Writes the pattern.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.singleValueContainer()
    try values.encode(description)
  }
}

// MARK: The Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms")

extension DateFormat {
  /// Days since the first of January 1970.
  static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
    // Years begin in March, so that a leap day is the last.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// Year, month and day of a number of days.
  static func date(ofDay number: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  fileprivate static func days(in month: Int, of year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }
}
