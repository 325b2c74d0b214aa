extension DataSource {
  /// The same rows with some columns of a table as their condition, and no longer among their values.
  ///
  /// - Parameter names: what the columns are called, in any order.
  /// - Throws: where the data are no table that was read by a schema, there are no such columns, they are all that there are, or
  ///   one of their values is missing.
  public func conditioned(onColumns names: [String]) throws(VAEError) -> any DataSource {
    guard let schema = columns?.schema else {
      throw VAEError(
        .configuration,
        "The columns \(CellPlace.list(names)) cannot be the condition of \(name), which was not read by a schema: have it found.",
        remedy: .findSchema)
    }
    let chosen = try schema.indices(of: names, in: name)
    let others = (0..<dataSize).filter { !chosen.contains($0) }
    guard !others.isEmpty else {
      throw VAEError(
        .configuration, "All columns of \(name) are its condition, so that none is left to model: name fewer.")
    }
    var elements: [Double] = []
    elements.reserveCapacity(count * chosen.count)
    try forEachChunk { positions, chunk throws(VAEError) in
      let values = chunk.rows(0..<chunk.count, as: Double.self)
      for row in 0..<chunk.count {
        for column in chosen {
          guard values[row, column].isFinite else {
            throw VAEError(
              .data,
              "\(chunk.place(of: row, column: column)): a value of the condition is missing or infinite. Leave the row out, or name "
                + "other columns as the condition.")
          }
          elements.append(values[row, column])
        }
      }
    }
    let condition = Condition(
      name: "\(name), \(CellPlace.list(chosen.map { schema.columns[$0].name ?? "" }))",
      columns: ConditionColumns(chosen.map { schema.columns[$0] }, places: chosen),
      values: Matrix(rows: count, columns: chosen.count, elements: elements))
    return try selecting(columns: others).conditioned(on: condition)
  }
}

extension DataSource {
  /// The schema of the whole table that the data are of, with the columns of their condition.
  package var wholeTable: TableSchema? {
    (columns?.schema?.decoded).map { table in condition?.columns.map(table.inserting) ?? table }
  }

  /// The names of the whole table's columns, where they have names.
  package var wholeColumnNames: [String]? { wholeTable?.names ?? columnNames }
}

extension TableSchema {
  /// Where the columns of some names are, in the table's order.
  ///
  /// - Throws: where there is none of a name, listing those that there are.
  func indices(of names: [String], in table: String) throws(VAEError) -> [Int] {
    var indices: [Int] = []
    for name in names {
      guard let index = columns.firstIndex(where: { $0.name == name }) else {
        throw VAEError(
          .configuration,
          "\(table) has no column \"\(CellPlace.short(name))\" for a condition: it has \(CellPlace.list(columns.map { $0.name ?? "" }))."
        )
      }
      guard !indices.contains(index) else {
        throw VAEError(.configuration, "The column \"\(CellPlace.short(name))\" is named twice as a condition.")
      }
      indices.append(index)
    }
    return indices.sorted()
  }
}
