import CommandSupport
import VAECore
import VAEFiles

/// A number, or infinity, for which JSON has no number but takes "inf" and "-inf".
struct Number<Value: Scalar>: Encodable {
  private let value: Value

  init(_ value: Value) { self.value = value }

  var text: String { Double(value).short }

  /// In single precision.
  var single: Number<Float> { Number<Float>(Float(value)) }
  var number: Double { Double(value) }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if value.isFinite { try container.encode(value) } else { try container.encode(value < 0 ? "-inf" : "inf") }
  }
}

/// What is known of some data, for a person or a program.
struct DataReport: Encodable {
  struct Values: Encodable {
    let name: String?
    let kind: ColumnKind?
    let count: Int
    let missing: Int
    let infinite: Int
    let minimum: Number<Double>?
    let maximum: Number<Double>?
    let mean: Double?
    let deviation: Double?

    init(name: String? = nil, kind: ColumnKind? = nil, _ values: DataSummary.Values) {
      self.name = name
      self.kind = kind
      count = values.count
      missing = values.missing
      infinite = values.infinite
      minimum = values.count == 0 ? nil : Number(values.minimum)
      maximum = values.count == 0 ? nil : Number(values.maximum)
      // Of none there is no mean, and that of very large numbers may be none.
      mean = values.mean.isFinite ? values.mean : nil
      deviation = values.deviation.isFinite ? values.deviation : nil
    }

    var cells: [String] {
      [minimum?.text, maximum?.text, mean?.short, deviation?.short].map { $0 ?? "–" } + [String(missing)]
        + [String(infinite)]
    }
  }

  let name: String
  let format: String
  let table: TableReading?
  let whiteLevel: WhiteLevel
  let count: Int
  let dataSize: Int
  let imageShape: ImageShape?
  let storedType: StoredType
  let storedPart: Double?
  let all: Values
  /// Of a table.
  let columns: [Values]?
  /// Which columns hold no numbers, and what stands for them.
  let encodings: [String]
  let schema: TableSchema?
  let firstRows: [[Number<Double>?]]

  enum CodingKeys: String, CodingKey {
    case name, format, count
    case dataSize = "data_size"
    case imageShape = "image_shape"
    case storedType = "stored_type"
    case storedPart = "stored_part"
    case whiteLevel = "white_level"
    case separator
    case decimalCommas = "decimal_commas"
    case header, notes
    case all, columns, schema
    case firstRows = "first_rows"
  }

  /// - Parameter stream: Whence the data came, for their kind.
  init(name: String, file: DataFile, stream: some DataStream, summary: DataSummary, rows: Matrix<Double>?) {
    self.name = name
    format = file.format
    table = file.table
    whiteLevel = stream.whiteLevel
    count = summary.count
    dataSize = stream.dataSize
    imageShape = stream.imageShape
    storedType = stream.storedType
    storedPart = file.data.storedPart
    all = Values(summary.all)
    let (names, kinds) = (stream.columnNames, stream.columns?.kinds)
    // Of a table each column; of an array without names, where there are few.
    let isTable = names != nil || (stream.imageShape == nil && stream.dataSize <= 64)
    columns =
      isTable ? summary.columns.enumerated().map { Values(name: names?[$0], kind: kinds?[$0], $1) } : nil
    encodings = DataText.encodings(stream.columns)
    schema = stream.columns?.schema
    firstRows = rows.map { rows in (0..<rows.rows).map { rows.row($0).map { $0.isNaN ? nil : Number($0) } } } ?? []
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(format, forKey: .format)
    if let table {
      try values.encode(table.separator.rawValue, forKey: .separator)
      try values.encode(table.hasDecimalCommas, forKey: .decimalCommas)
      try values.encode(table.hasHeader, forKey: .header)
      try values.encode(table.notes, forKey: .notes)
    }
    try values.encode(count, forKey: .count)
    try values.encode(dataSize, forKey: .dataSize)
    try values.encodeIfPresent(imageShape, forKey: .imageShape)
    try values.encode(storedType, forKey: .storedType)
    try values.encodeIfPresent(storedPart, forKey: .storedPart)
    try values.encode(whiteLevel.value, forKey: .whiteLevel)
    try values.encode(all, forKey: .all)
    try values.encodeIfPresent(columns, forKey: .columns)
    try values.encodeIfPresent(schema, forKey: .schema)
    // Numbers that fit are written as such; seconds since 1970 do not.
    if schema == nil {
      try values.encode(firstRows.map { $0.map { $0.map { $0.single } } }, forKey: .firstRows)
    } else {
      try values.encode(firstRows, forKey: .firstRows)
    }
  }

  var text: String {
    var lines = [
      "format  \(format)\(table.map { ": \($0.dialect)" } ?? "")",
      "shape   \(count) data of \(imageShape.text(ofDataSize: dataSize))",
      "values  \(DataText.values(whiteLevel, storedType, storedPart))",
    ]
    lines += (table?.notes ?? []).map { "        \($0)" }
    lines += encodings.map { "        \($0)" }
    lines.append("")
    lines.append(schema.map { SchemaText.table($0) } ?? numbers)
    if !firstRows.isEmpty {
      // Wide rows are cut, as a person's eye would do.
      let shown = min(dataSize, 8)
      var table = Table(
        ["row"] + (0..<shown).map { columns?[$0].name ?? String($0 + 1) } + (shown < dataSize ? ["…"] : []))
      for (index, row) in firstRows.enumerated() {
        table.add(
          [String(index)] + row.prefix(shown).enumerated().map { cell(row: $1, column: $0) }
            + (shown < dataSize ? [""] : []))
      }
      lines += ["", table.text]
    }
    return lines.joined(separator: "\n")
  }

  private func cell(row number: Number<Double>?, column: Int) -> String {
    guard let number else { return "–" }
    return schema.map { SchemaText.value(number.number, $0, column) } ?? number.single.text
  }

  /// Of each column what is known of its numbers.
  private var numbers: String {
    var values = Table(["column", "min", "max", "mean", "deviation", "missing", "infinite"])
    for (index, column) in (columns ?? []).enumerated() {
      values.add([column.name ?? String(index + 1)] + column.cells)
    }
    values.add(["all"] + all.cells)
    return values.text
  }
}
