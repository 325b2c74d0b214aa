/// Tables that are read by a schema.
extension TableStream {
  /// The schema of a table, from a pass over all of it; see ``TableSchema``.
  ///
  /// - Throws: where it cannot be read, a column is of several kinds, or a column has more different texts than categories
  ///   may be.
  public static func discoverSchema(
    _ reader: any ByteReader, _ options: TableOptions = TableOptions()
  ) throws(VAEError) -> TableSchema {
    var stream = try TableStream(reader, options)
    var survey = TableSurvey(options)
    try survey.add(&stream)
    return try survey.schema()
  }

  /// Hands out all rows that are left, with what tells the place of a column in each.
  mutating func forEachRecord(
    _ body: (_ records: SeparatedRecords, _ place: (Int) -> CellPlace) throws(VAEError) -> Void
  ) throws(VAEError) {
    while true {
      if !isPending { isPending = try records.next() }
      guard isPending else { return }
      isPending = false
      try checkWidth()
      try checkOmitted()
      try body(records, place)
    }
  }

  func readBySchema(into values: inout [Double]) throws(VAEError) {
    let buffer = records.buffer
    for (reader, column) in zip(readers, layout.chosen) {
      switch reader.value(buffer, records.fields[column], mark) {
      case .number(let number): values.append(number)
      case .missing:
        guard !refusesMissing else { throw missing(column) }
        values.append(.nan)
      case .unknown:
        guard takesUnknown else { throw .unknownCategory(place(column), records.text(column), reader.column) }
        guard !refusesMissing else { throw missing(column) }
        values.append(.nan)
      case .contradiction: throw .contradiction(place(column), records.text(column), reader.column)
      }
    }
    try checkOmitted()
  }
}

extension TableSchema {
  /// The schema of the columns of a table that are read, in their order.
  func matched(to layout: TableColumns, of path: String) throws(VAEError) -> TableSchema {
    if let names, let own = layout.names {
      let chosen = layout.chosen.map { own[$0] }
      if chosen == names { return self }
      let places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
      return selecting(
        try chosen.map { name throws(VAEError) in
          if let place = places[name] { return place }
          throw VAEError(
            .data,
            "The column \"\(CellPlace.short(name))\" of \(path) is not in the schema, which has \(CellPlace.list(names)): leave it out.",
            remedy: .leaveOutColumn(name))
        })
    }
    guard layout.chosen.count == columns.count else {
      throw VAEError(
        .data,
        "\(path) has \(layout.chosen.count) columns to read, and the schema \(columns.count): give the schema of such a table."
      )
    }
    return self
  }
}
