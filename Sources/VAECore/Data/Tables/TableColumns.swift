/// Which columns of a table are read, and what they are called.
struct TableColumns {
  /// The columns of the file.
  let width: Int
  /// The names that the first row gives them.
  let names: [String]?
  /// The columns that are read, by their index, in this order.
  let chosen: [Int]

  /// The choice that options make among columns.
  ///
  /// - Throws: where a column is not there, chosen twice, or named by a name that several have, or none is left.
  init(width: Int, names: [String]?, options: TableOptions, path: String) throws(VAEError) {
    self.width = width
    self.names = names
    // The first index of a name, or −1 where several have it.
    var indices: [String: Int] = [:]
    for (index, name) in (names ?? []).enumerated() { indices[name] = indices[name] == nil ? index : -1 }

    func index(of column: String) throws(VAEError) -> Int {
      if let index = indices[column] {
        guard index >= 0 else {
          throw VAEError(
            .data, "\(path) has several columns \"\(column)\": choose one by its number, from 1 to \(width).")
        }
        return index
      }
      guard let number = Int(column), (1...width).contains(number) else {
        throw VAEError(
          .data,
          "\(path) has no column \"\(column)\": it has the columns 1 to \(width)"
            + (names.map { ", \(TableColumns.list($0))." } ?? ", and no names."))
      }
      return number - 1
    }

    var dropped = Set<Int>()
    for column in options.droppedColumns { dropped.insert(try index(of: column)) }
    var chosen: [Int] = []
    if let columns = options.columns {
      var seen = Set<Int>()
      for column in columns {
        let index = try index(of: column)
        guard seen.insert(index).inserted else {
          throw VAEError(.data, "The column \"\(column)\" of \(path) is chosen twice.")
        }
        chosen.append(index)
      }
    } else {
      chosen = Array(0..<width)
    }
    chosen.removeAll { dropped.contains($0) }
    guard !chosen.isEmpty else { throw VAEError(.data, "No column of \(path) is left to read.") }
    self.chosen = chosen
  }

  /// A column's number and name, for messages.
  func title(_ column: Int) -> String {
    CellPlace.column(column, names?[column])
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(8).map(CellPlace.short).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
  }
}
