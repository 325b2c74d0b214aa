import VAECore

/// The values of a text column: each row's place among the different texts, so that a million rows take four bytes each.
public struct TextValues: Sendable {
  /// The different texts, of which some may not occur.
  public let levels: [String]
  /// Each row's place in `levels`; −1 where the row has no text.
  public let indices: [Int32]

  /// Rows by the places of their texts among different ones, −1 where a text is missing.
  ///
  /// - Throws: where a level stands twice, or an index is that of none.
  public init(levels: [String], indices: [Int32]) throws(VAEError) {
    guard Set(levels).count == levels.count else {
      throw VAEError(.data, "Of the \(levels.count) levels of a text column only \(Set(levels).count) are different.")
    }
    if let row = indices.firstIndex(where: { $0 < -1 || Int($0) >= levels.count }) {
      throw VAEError(.data, "Row \(row) has the text \(indices[row]) of \(levels.count): −1 is for missing ones.")
    }
    self.levels = levels
    self.indices = indices
  }

  /// Rows by their texts, nil where one is missing.
  public init(_ texts: [String?]) {
    var levels: [String] = []
    var places: [String: Int32] = [:]
    indices = texts.map { text in
      guard let text else { return -1 }
      if let place = places[text] { return place }
      places[text] = Int32(levels.count)
      levels.append(text)
      return Int32(levels.count - 1)
    }
    self.levels = levels
  }

  /// The same rows by other levels, those of `places` and, behind them, what they lack.
  func indices(addingTo places: inout [String: Int32], _ all: inout [String]) -> [Int32] {
    let moved = levels.map { level in
      if let place = places[level] { return place }
      places[level] = Int32(all.count)
      all.append(level)
      return Int32(all.count - 1)
    }
    return indices.map { $0 < 0 ? -1 : moved[Int($0)] }
  }
}
