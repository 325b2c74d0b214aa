/// Data in a table of separated values: a row per datum, a column per value, and perhaps a row of names above them.
public struct TableStream: DataStream {
  private var records: SeparatedRecords
  private let columns: TableColumns
  /// Whether a missing value is an error; else it becomes NaN.
  private let refusesMissing: Bool
  /// Whether the current record is yet to be read.
  private var isPending: Bool

  /// Where the bytes come from.
  public var name: String { records.path }
  /// Unknown before the end.
  public var count: Int? { nil }
  /// D, the columns that are read.
  public var dataSize: Int { columns.chosen.count }
  /// Rows are no images.
  public var imageShape: ImageShape? { nil }
  /// Numbers are kept in single precision.
  public var storedType: StoredType { .float32 }
  /// The names of the columns that are read, where the first row names them.
  public var columnNames: [String]? { columns.names.map { names in columns.chosen.map { names[$0] } } }

  /// A table in a stream of bytes, from its beginning. Missing values become NaN unless they are refused;
  /// ``ImputedStream`` replaces them.
  ///
  /// - Throws: where there are no rows, the options ask for columns that are not there, or bytes cannot be read.
  public init(_ reader: any ByteReader, _ options: TableOptions) throws(VAEError) {
    records = try SeparatedRecords(reader, separator: options.separator)
    let path = records.path
    guard try records.next() else { throw VAEError(.file, "\(path) is empty: it holds no row.") }
    let width = records.fields.count
    let fields = records.fields.map { [buffer = records.buffer] in TableField(buffer, $0) }
    let hasHeader =
      switch options.header {
      case .yes: true
      case .no: false
      case .detect: fields.contains(.text)
      }
    let names = hasHeader ? (0..<width).map { [records] in records.text($0) } : nil
    columns = try TableColumns(width: width, names: names, options: options, path: path)
    refusesMissing = options.missing == .refuse
    isPending = true
    if hasHeader { isPending = try records.next() }
    guard isPending else {
      throw VAEError(
        .file, "\(path) holds a row that is not all numbers, and no rows below: is it a table, with a row per datum?")
    }
  }

  /// The next data; throws where a row has another number of values than the first, or one is not a number or missing.
  public mutating func next(_ count: Int) throws(VAEError) -> Dataset {
    var values: [Float] = []
    var rows = 0
    while rows < count {
      if !isPending { isPending = try records.next() }
      guard isPending else { break }
      isPending = false
      try read(into: &values)
      rows += 1
    }
    var builder = builder()
    builder.append(values)
    return builder.dataset()
  }

  private func read(into values: inout [Float]) throws(VAEError) {
    guard records.fields.count == columns.width else {
      throw VAEError(
        .file,
        "\(name), line \(records.line): the row has \(records.fields.count) values, the first has \(columns.width). "
          + "Give each row as many, and put a value with a separator in it in quotes.")
    }
    for column in columns.chosen {
      switch TableField(records.buffer, records.fields[column]) {
      case .number(let number): values.append(Float(number))
      case .missing:
        guard !refusesMissing else {
          throw VAEError(
            .data,
            "\(name), line \(records.line): \(columns.title(column)) is missing. Leave the row or the column out, or have "
              + "missing values replaced (--missing mean or zero).")
        }
        values.append(.nan)
      case .text:
        throw VAEError(
          .data,
          "\(name), line \(records.line): \(columns.title(column)) is \"\(CellPlace.short(records.text(column)))\", "
            + "not a number. Leave the column out (--drop-columns \(column + 1)), or make numbers of it.")
      }
    }
  }
}
