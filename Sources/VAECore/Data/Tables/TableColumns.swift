/// Which columns of a table are read, and what they are called.
struct TableColumns {
  /// The columns of the file.
  let width: Int
  /// The names that a header gives them.
  let names: [String]?
  /// The columns that are read, by their index, in this order.
  let chosen: [Int]
  /// The columns that options leave out by names or numbers which are not there.
  let absent: [String]
  /// The columns that are there beside those that ``TableOptions/matching`` names, by their index.
  let unused: [Int]

  /// The choice that options make among columns.
  ///
  /// - Parameter omitted: The columns that are no data, which are read only where options name them.
  /// - Throws: where a column is not there, chosen twice, or named by a name that several have, or none is left.
  init(
    width: Int, names: [String]?, omitted: Set<Int> = [], options: TableOptions, path: String
  ) throws(VAEError) {
    self.width = width
    self.names = names
    let lookup = ColumnLookup(width: width, names: names, path: path)
    var dropped = Set<Int>()
    var absent: [String] = []
    for column in options.droppedColumns {
      if let index = try lookup.find(column) { dropped.insert(index) } else { absent.append(column) }
    }
    self.absent = absent
    let left = (0..<width).filter { !omitted.contains($0) && !dropped.contains($0) }
    if let matching = options.matching, let names {
      // Numbers of columns to leave out may be those of the training data's table: names are surer.
      let named = options.droppedColumns.contains { names.contains($0) }
      let lacks = !Set(matching).isSubset(of: left.map { names[$0] })
      let open = lacks && !named ? (0..<width).filter { !omitted.contains($0) } : left
      chosen = try TableColumns.match(matching, among: open, names, lookup)
      let used = Set(chosen)
      unused = left.filter { !used.contains($0) }
    } else if let columns = options.columns {
      var chosen: [Int] = []
      var seen = Set<Int>()
      for column in columns {
        guard let index = try lookup.find(column) else { throw lookup.hasNo(column) }
        guard seen.insert(index).inserted else {
          throw VAEError(.data, "The column \"\(column)\" of \(path) is chosen twice.")
        }
        chosen.append(index)
      }
      self.chosen = chosen.filter { !dropped.contains($0) }
      unused = []
    } else {
      chosen = left
      unused = []
    }
    guard !chosen.isEmpty else { throw VAEError(.data, "No column of \(path) is left to read.") }
  }

  /// The columns that have some names, in the names' order.
  private static func match(
    _ wanted: [String], among columns: [Int], _ names: [String], _ lookup: ColumnLookup
  ) throws(VAEError) -> [Int] {
    if columns.map({ names[$0] }) == wanted { return columns }
    let indices = Dictionary(grouping: columns) { names[$0] }
    for name in wanted where indices[name] == nil {
      guard names.contains(name) else { throw lookup.hasNo(name) }
      throw VAEError(
        .data, "The column \"\(CellPlace.short(name))\" of \(lookup.path) is needed, and is to be left out: keep it.")
    }
    guard Set(wanted).count == wanted.count, wanted.allSatisfy({ indices[$0]!.count == 1 }) else {
      throw VAEError(
        .data,
        "\(lookup.path) has the columns \(CellPlace.list(columns.map { names[$0] })), wanted are \(CellPlace.list(wanted)): where a name occurs "
          + "twice, they have to be the same in the same order.")
    }
    return wanted.map { indices[$0]![0] }
  }

  /// Whether the columns that are read are those of another table: by their names, or else by their numbers.
  func isLike(_ other: TableColumns) -> Bool {
    guard let names, let others = other.names else {
      return names == nil && other.names == nil && chosen == other.chosen && width == other.width
    }
    return chosen.map { names[$0] } == other.chosen.map { others[$0] }
  }

  /// What an option calls a column: its number, marked as such where it is a name, too.
  func option(_ column: Int) -> String {
    let number = String(column + 1)
    return names?.contains(number) == true ? "#" + number : number
  }

  /// The index of a column by its name or number.
  ///
  /// - Throws: where it is not there, or several have the name.
  func index(of column: String, _ path: String) throws(VAEError) -> Int {
    let lookup = ColumnLookup(width: width, names: names, path: path)
    guard let index = try lookup.find(column) else { throw lookup.hasNo(column) }
    return index
  }

  /// A column's number and name, for messages.
  func title(_ column: Int) -> String { CellPlace.column(column, names?[column]) }
}

/// Finds columns by their names and numbers.
private struct ColumnLookup {
  let path: String
  private let width: Int
  private let names: [String]?
  /// The first index of a name, or −1 where several have it.
  private let indices: [String: Int]

  init(width: Int, names: [String]?, path: String) {
    self.path = path
    self.width = width
    self.names = names
    var indices: [String: Int] = [:]
    for (index, name) in (names ?? []).enumerated() { indices[name] = indices[name] == nil ? index : -1 }
    self.indices = indices
  }

  /// The index of a column by its name, or its number from 1 on, "3" or "#3"; nil where it is not there.
  ///
  /// - Throws: where several columns have the name, or it is another one's number.
  func find(_ column: String) throws(VAEError) -> Int? {
    let number = Int(column.hasPrefix("#") ? String(column.dropFirst()) : column).flatMap {
      (1...width).contains($0) ? $0 : nil
    }
    guard let index = indices[column] else { return number.map { $0 - 1 } }
    guard index >= 0 else {
      throw VAEError(
        .data, "\(path) has several columns \"\(column)\": choose one by its number, from #1 to #\(width).")
    }
    if let number, number != index + 1 {
      throw VAEError(
        .data,
        "In \(path), \"\(column)\" is the name of column \(index + 1) and the number of another: say #\(index + 1) for the one, "
          + "or #\(number) for the other.")
    }
    return index
  }

  func hasNo(_ column: String) -> VAEError {
    VAEError(
      .data,
      "\(path) has no column \"\(CellPlace.short(column))\": it has the columns 1 to \(width)"
        + (names.map { ", \(CellPlace.list($0))." } ?? ", and no names."))
  }
}
