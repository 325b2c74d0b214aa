/// What a table's first rows are taken for: which of them names columns, which columns are read, and how numbers are written.
struct TableInterpretation {
  let separator: TableOptions.Separator
  let header: TableHeader
  let columns: TableColumns
  let mark: DecimalMark
  /// Whether the last column has neither a name nor values, and has to be empty in every row.
  let omitsLast: Bool
  let hasComment: Bool

  /// Whether the first row is no datum.
  var isFirstRowHeader: Bool {
    switch header {
    case .told, .names, .wholeNumbers, .namesBesideRowNames: true
    case .comment, .none: false
    }
  }

  /// Decides by the first rows, of which the first is the records' current one.
  ///
  /// - Throws: where the options ask for columns that are not there, or it can be read in two ways.
  init(_ records: SeparatedRecords, _ sample: TableSample, _ options: TableOptions) throws(VAEError) {
    let path = records.path
    let first = records.fields.indices.map { records.text($0) }
    let comment = records.commentTexts()
    hasComment = records.preamble.comment != nil
    separator = sample.separator

    // Which columns are read decides whether there is a header; without one, none has a name.
    let read = (try? TableColumns(width: first.count, names: nil, options: options, path: path))?.chosen
    header = try TableHeader(
      sample, first, options, columns: read ?? Array(first.indices), commentWidth: comment.count, path: path)
    let names: [String]?
    var omitted = Set<Int>()
    var rows = sample.rows.dropFirst()
    switch header {
    case .told, .names, .wholeNumbers: names = first
    case .namesBesideRowNames:
      names = [""] + first
      omitted.insert(0)
    case .comment:
      names = comment
      rows = sample.rows[...]
    case .none:
      names = nil
      rows = sample.rows[...]
    }
    let width = names?.count ?? first.count
    omitsLast = TableInterpretation.omitsLast(rows, width, names, sample)
    if omitsLast { omitted.insert(width - 1) }
    columns = try TableColumns(width: width, names: names, omitted: omitted, options: options, path: path)
    mark = try TableDialect.decimalMark(sample, rows, columns, options, path: path)
  }

  /// Whether rows end in separators, so that the last column has neither a name nor values in the first of them. Of one row
  /// without names, nobody knows.
  private static func omitsLast(
    _ rows: ArraySlice<TableSample.Row>, _ width: Int, _ names: [String]?, _ sample: TableSample
  ) -> Bool {
    width > 1 && rows.count > (names == nil ? 1 : 0) && names?.last?.isEmpty ?? true
      && rows.allSatisfy { row in
        row.count == width && sample.isBlank(row[width - 1].field) && !sample.isQuoted(row[width - 1].field)
      }
  }
}
