/// The texts that stand for a missing value, beside a field with nothing in it.
package struct MissingWords: Sendable, Equatable {
  /// What pandas takes for missing, in capitals or small letters, beside "?" of the UCI's tables, and "." of SAS and Stata.
  package static let usual = MissingWords(nil)

  /// A lone "-" is none of them: it is a zero in a spreadsheet's accounting format, and missing elsewhere.
  private static let usualWords: Set<String> = [
    "#n/a", "#n/a n/a", "#na", "-1.#ind", "-1.#qnan", "1.#ind", "1.#qnan", "<na>", "n/a", "na", "nan", "+nan", "-nan",
    "none", "null", "?", ".",
  ]

  /// What somebody has said they are, as they are spelled.
  private let own: Set<[UInt8]>?

  /// Those of a list, and no others; the usual ones where it is nil.
  package init(_ words: [String]?) { own = words.map { Set($0.map { Array($0.utf8) }) } }

  /// Whether a text is one of them, or nothing.
  func contains(_ text: String) -> Bool {
    if text.isEmpty { return true }
    return own.map { $0.contains(Array(text.utf8)) } ?? MissingWords.usualWords.contains(text.lowercased())
  }

  /// Whether a field's bytes are one that somebody has named, which may look like a number.
  func containsNamed(_ bytes: ArraySlice<UInt8>) -> Bool { own.map { $0.contains(Array(bytes)) } ?? false }
}
