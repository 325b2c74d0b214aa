import Foundation
import Testing
import VAECore

/// Dates as numbers and back, in the formats that they are written in.
struct DateFormatTests {
  @Test(arguments: [
    "YYYY-MM-DD", "YYYY-M-D", "YYYY/MM/DD", "DD.MM.YYYY", "D.M.YYYY", "DD/MM/YYYY", "M/D/YYYY", "MM-DD-YYYY",
    "YYYY-MM-DDThh:mm", "YYYY-MM-DD hh:mm:ss", "YYYY-MM-DDThh:mm:ss.fffZ", "YYYY-MM-DD hh:mm:ss+02:00",
    "D/M/YYYY h:mm", "YYYY-MM-DDThh:mm:ss.ffffff-0530",
  ])
  func patterns(pattern: String) throws {
    let format = try #require(DateFormat(pattern))
    #expect(format.description == pattern)
    let json = try JSONEncoder().encode([format])
    #expect(try JSONDecoder().decode([DateFormat].self, from: json) == [format])
    // Across leap days, ends of years and centuries, before 1970 and after, at odd times.
    let step = format.hasTime ? 86_400 * 1_103.0 + 3_723 : 1_103
    for index in -300..<300 {
      var number = Double(index) * step
      if pattern.hasSuffix("mm") { number = (number / 60).rounded() * 60 }
      let text = format.text(number)
      #expect(format.number(text.utf8) == number, "\(text) of \(number)")
    }
  }

  @Test(arguments: [
    "", "YYYY", "YYYY-MM", "YYYY-DD-MM", "YY-MM-DD", "hh:mm", "YYYY-MM-DDThh", "YYYY-MM-DD hh:mm:", "YYYY-MM.DD",
    "MM.DD.YYYY", "YYYY-MM-DDThh:mm:ss.", "YYYY-MM-DDThh:mmX", "2020-01-02",
  ])
  func noPatterns(pattern: String) {
    #expect(DateFormat(pattern) == nil)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([DateFormat].self, from: JSONEncoder().encode([pattern]))
    }
  }

  /// Known days, and what is no day.
  @Test func knownDays() throws {
    let days = try #require(DateFormat("YYYY-MM-DD"))
    let known = [
      ("1970-01-01", 0.0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("1900-03-01", -25_508), ("2026-11-28", 20_785),
      ("0000-03-01", -719_468), ("9999-12-31", 2_932_896),
    ]
    for (text, number) in known { #expect(days.number(text.utf8) == number, "\(text)") }
    for text in [
      "1900-02-29", "2021-02-29", "2021-13-01", "2021-00-10", "2021-04-31", "2021-01-00", "2021-1-1", "21-01-01",
      "2021-01-01T10:00", "2021/01/01", " 2021-01-01", "2021-01-01 ", "２021-01-01", "",
    ] {
      #expect(days.number(text.utf8) == nil, "\(text)")
    }
    let times = try #require(DateFormat("YYYY-MM-DDThh:mm:ss+01:00"))
    #expect(times.number("1970-01-01T01:00:00+01:00".utf8) == 0)
    for text in ["1970-01-01T24:00:00+01:00", "1970-01-01T10:60:00+01:00", "1970-01-01T01:00:00+02:00"] {
      #expect(times.number(text.utf8) == nil)
    }
  }

  /// Whatever a model says is written as a date.
  @Test func anyNumberIsADate() throws {
    for pattern in ["YYYY-MM-DD", "YYYY-MM-DDThh:mm:ss.fffZ", "D.M.YYYY h:mm"] {
      let format = try #require(DateFormat(pattern))
      for number in [0.4, -0.6, 1e300, -1e300, .infinity, -.infinity, .nan, 1e12, .leastNonzeroMagnitude] {
        let text = format.text(number)
        #expect(format.number(text.utf8) != nil, "\(text) of \(number)")
      }
    }
    #expect(DateFormat("YYYY-MM-DD")?.text(0.6) == "1970-01-02")
    #expect(DateFormat("YYYY-MM-DD hh:mm:ss")?.text(59.7) == "1970-01-01 00:01:00")
    #expect(DateFormat("YYYY-MM-DD hh:mm:ss.ff")?.text(59.999) == "1970-01-01 00:01:00.00")
  }
}
