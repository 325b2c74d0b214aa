/// What the data of a set have in common.
struct DataKind {
  var name: String
  let dataSize: Int
  let imageShape: ImageShape?
  let storedType: StoredType
  var whiteLevel: WhiteLevel
  let columns: DataColumns?

  init(
    name: String, dataSize: Int, imageShape: ImageShape? = nil, storedType: StoredType,
    whiteLevel: WhiteLevel = .undecided,
    columns: DataColumns? = nil
  ) {
    self.name = name
    self.dataSize = dataSize
    self.imageShape = imageShape
    self.storedType = storedType
    self.whiteLevel = whiteLevel
    self.columns = columns
  }

  init(_ source: some DataSource) {
    self.init(
      name: source.name, dataSize: source.dataSize, imageShape: source.imageShape, storedType: source.storedType,
      whiteLevel: source.whiteLevel, columns: source.columns)
  }

  init(_ stream: some DataStream) {
    self.init(
      name: stream.name, dataSize: stream.dataSize, imageShape: stream.imageShape, storedType: stream.storedType,
      whiteLevel: stream.whiteLevel, columns: stream.columns)
  }

  private var columnNames: [String]? { columns?.names }

  /// Throws where another set is of another kind, so that both cannot be one.
  func check(_ other: DataKind) throws(VAEError) {
    func refuse(_ what: String, _ own: String, _ others: String) -> VAEError {
      VAEError(
        .data,
        "\(name) and \(other.name) cannot be one set: they differ in \(what), \(own) and \(others). "
          + "Convert one of them, or leave it out.")
    }
    func text(_ shape: ImageShape?) -> String { shape.map { "\($0.height) × \($0.width)" } ?? "no images" }
    if dataSize != other.dataSize { throw refuse("size", "\(dataSize)", "\(other.dataSize) values") }
    if imageShape != other.imageShape { throw refuse("shape", text(imageShape), text(other.imageShape)) }
    if storedType != other.storedType { throw refuse("type", storedType.rawValue, other.storedType.rawValue) }
    if whiteLevel != other.whiteLevel {
      throw refuse("meaning", "\(whiteLevel)", "\(other.whiteLevel)")
    }
    if let difference = zip(columnNames ?? [], other.columnNames ?? []).first(where: { $0 != $1 }) {
      throw refuse("columns", "\"\(difference.0)\"", "\"\(difference.1)\"")
    }
    if (columnNames == nil) != (other.columnNames == nil) {
      throw refuse(
        "columns", columnNames == nil ? "no names" : "names", other.columnNames == nil ? "no names" : "names")
    }
    if let own = columns?.schema, let others = other.columns?.schema {
      try own.check(others, of: other.name, against: name)
    }
  }
}
