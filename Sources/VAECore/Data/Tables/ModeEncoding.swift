import Foundation

/// A table whose numbers are given by modes: of a column of numbers x, a mixture of normal distributions was fitted, and two
/// columns take its place, in which of the mixture's components x is, c, drawn from p(c|x), and where in it,
///
///     α = (x − m_c) / (4 s_c),  held to −0.99…0.99
///
/// That is how Xu et al. (2019), "Modeling tabular data using conditional GAN", have a network see numbers. What a model says of α and
/// c is no density of x, because c is drawn before the model sees it.
public struct ModeEncoding: Hashable, Sendable {
  /// The columns of the table as it was.
  public let columns: [TableColumn]
  /// The mixture of each column of numbers or dates; nil of categories.
  public let mixtures: [NormalMixture?]
  /// Determines c, with a row's position and the column.
  public let seed: UInt64

  /// The bounds of α.
  static let bounds = -0.99...0.99

  /// The modes of the columns of some data.
  ///
  /// - Parameters:
  ///   - schema: that of the data.
  ///   - data: the mixtures are fitted to at most 10⁵ of them.
  ///   - seed: determines which, where fitting begins, and what is drawn.
  /// - Throws: where the data cannot be read.
  init(_ schema: TableSchema, _ data: some DataSource, seed: UInt64) throws(VAEError) {
    precondition(schema.columns.count == data.dataSize, "\(schema.columns.count) columns of \(data.dataSize) values")
    let count = min(data.count, 100_000)
    let some = try data.subset(count: count, seed: seed).rows(0..<count, as: Double.self)
    columns = schema.columns
    mixtures = schema.columns.enumerated().map { index, column in
      if column.kind.hasCategories { return nil }
      let values = (0..<count).map { some[$0, index] }.filter(\.isFinite)
      return NormalMixture(dirichletProcessOf: values.isEmpty ? [0] : values, seed: seed)
    }
    self.seed = seed
  }

  /// The columns that a model sees.
  var encodedColumns: [TableColumn] {
    zip(columns, mixtures).flatMap { column, mixture in
      guard let mixture else { return [column] }
      var (place, mode) = (TableColumn(name: column.name, kind: .number), TableColumn(kind: .category))
      place.range = Self.bounds
      place.missingCount = column.missingCount
      mode.name = column.name.map { "\($0) (mode)" }
      // In the order of their bytes.
      mode.categories = mixture.weights.indices.map { ColumnCategory(($0 < 10 ? "0" : "") + "\($0)") }
      return [place, mode]
    }
  }

  /// What a model sees of a row of finite numbers `[D]`, at a position in its set.
  func encode(_ row: some Collection<Double>, position: Int, into encoded: inout [Double]) {
    for (column, (value, mixture)) in zip(row, mixtures).enumerated() {
      guard let mixture else {
        encoded.append(value)
        continue
      }
      var numbers = RandomNumbers(
        PhiloxGenerator(NoiseStream(seed: seed, purpose: .mode, step: column), position: UInt64(position)))
      let shares = mixture.responsibilities(of: value)
      // As ctgan has it, no mode is impossible.
      let mode = numbers.index(count: shares.count) { log(shares[$0] + 1e-6) }
      let place = (value - mixture.means[mode]) / (4 * mixture.deviations[mode])
      encoded += [min(max(place, Self.bounds.lowerBound), Self.bounds.upperBound), Double(mode)]
    }
  }

  /// The row of the table `[D]` that a model's row stands for: x = m_c + 4 s_c α, rounded as the column is written.
  func decode(_ encoded: some Collection<Double>) -> [Double] {
    var values = encoded.makeIterator()
    return zip(columns, mixtures).map { column, mixture in
      let value = values.next()!
      guard let mixture else { return value }
      // What is no number is the first mode's.
      let index = values.next()!
      let mode = index > 0 ? Int(min(index, Double(mixture.means.count - 1))) : 0
      let number = mixture.means[mode] + 4 * mixture.deviations[mode] * min(max(value, -1), 1)
      if column.hasExponents { return number }
      let scale = pow(10, Double(column.decimals))
      return (number * scale).rounded() / scale
    }
  }

  /// What contradicts itself in it; nil where nothing does.
  var objection: String? {
    guard columns.count == mixtures.count else {
      return "there are \(mixtures.count) mixtures of \(columns.count) columns"
    }
    let isOfNumbers = zip(columns, mixtures).allSatisfy { $0.kind.hasCategories == ($1 == nil) }
    return isOfNumbers ? nil : "columns of numbers have mixtures, and others have none"
  }
}

extension TableSchema {
  /// The table that columns given by modes stand for; itself where there are none.
  public var decoded: TableSchema {
    guard let encoding else { return self }
    var schema = self
    (schema.columns, schema.encoding) = (encoding.columns, nil)
    return schema
  }

  /// The same table as an encoding gives it.
  func encoded(by encoding: ModeEncoding) -> TableSchema {
    var schema = self
    (schema.columns, schema.encoding) = (encoding.encodedColumns, encoding)
    return schema
  }
}

extension DataSource {
  /// The same rows with their columns of numbers given by modes, as ``Preset/tvae`` has them.
  ///
  /// - Parameter seed: determines where fitting begins, and in which mode each number is.
  /// - Throws: where the data are no table that was read by a schema, or cannot be read.
  public func inModes(seed: UInt64 = 0) throws(VAEError) -> any DataSource {
    guard let schema = columns?.schema else {
      throw VAEError(
        .configuration, "\(name) was not read by a schema, which says what its columns are: have it found.",
        remedy: .findSchema)
    }
    return try encoded(by: ModeEncoding(schema, self, seed: seed))
  }

  /// The same rows as an encoding gives them, which is of their schema's columns.
  package func encoded(by encoding: ModeEncoding) throws(VAEError) -> any DataSource {
    guard let dataset = self as? Dataset else { return EncodedSource(self, encoding) }
    return try dataset.encoded(by: encoding) as Dataset
  }
}

extension Dataset {
  fileprivate func encoded(by encoding: ModeEncoding) throws(VAEError) -> Dataset {
    guard let schema = columns?.schema else { preconditionFailure("\(name) has no schema") }
    var encoded: [Double] = []
    let columns = encoding.encodedColumns
    encoded.reserveCapacity(count * columns.count)
    try forEachDatum(as: Double.self) { (index, row) throws(VAEError) in
      if let gap = row.firstIndex(where: { !$0.isFinite }) {
        throw VAEError(
          .data,
          "\(place(of: index, column: gap - row.startIndex)): a value is missing or infinite, and has no mode. Leave the row out."
        )
      }
      encoding.encode(row, position: position(of: index), into: &encoded)
    }
    var dataset = Dataset(
      name: name, values: .floats(SharedMemory(encoded.map { Float($0) })), dataSize: columns.count, imageShape: nil,
      whiteLevel: .none)
    dataset.takeAnnotations(of: self)
    dataset.columns = DataColumns(schema.encoded(by: encoding))
    return dataset
  }
}

/// A source whose rows are encoded as they are read.
private struct EncodedSource: DataSource {
  private let base: any DataSource
  private let encoding: ModeEncoding
  let columns: DataColumns?
  let identity: DataIdentity?

  init(_ base: any DataSource, _ encoding: ModeEncoding) {
    (self.base, self.encoding) = (base, encoding)
    columns = base.columns?.schema.map { DataColumns($0.encoded(by: encoding)) }
    identity = base.identity.map { _ in DataIdentity() }
  }

  var name: String { base.name }
  var count: Int { base.count }
  var dataSize: Int { encoding.encodedColumns.count }
  var imageShape: ImageShape? { nil }
  var storedType: StoredType { .float32 }
  var whiteLevel: WhiteLevel { .none }
  var origin: [Range<Int>] { base.origin }
  var condition: Condition? { base.condition }
  var weights: [Float]? { base.weights }

  func read(_ ranges: [Range<Int>]) throws(VAEError) -> Dataset { try base.read(ranges).encoded(by: encoding) }
}

extension ModeEncoding: Codable {
  private enum CodingKeys: String, CodingKey { case columns, mixtures, seed }

  /// Reads an encoding; throws where it contradicts itself.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    columns = try values.decode([TableColumn].self, forKey: .columns)
    mixtures = try values.decode([NormalMixture?].self, forKey: .mixtures)
    seed = try values.decode(UInt64.self, forKey: .seed)
    if let objection {
      throw DecodingError.dataCorruptedError(forKey: .mixtures, in: values, debugDescription: "\(objection).")
    }
  }
}
