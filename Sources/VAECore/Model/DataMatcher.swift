/// Takes data for what a model takes them: what of a model that needs, without its parameters.
struct DataMatcher: Sendable {
  let configuration: ModelConfiguration
  let schema: DataSchema?

  /// See ``VariationalAutoencoder/matching(_:)``; throws also where grey values are to be binarised that are none.
  func matching(_ data: some DataSource, binarization: Binarization = .unchanged) throws(VAEError) -> any DataSource {
    let aligned = try aligned(data)
    if let dataset = aligned as? Dataset { try configuration.check(dataset, binarization: binarization) }
    return aligned
  }

  /// The same, without a look at the values.
  func aligned(_ data: some DataSource) throws(VAEError) -> any DataSource {
    var matched: any DataSource = data
    if let table = schema?.table, let encoding = table.encoding, let other = data.columns?.schema,
      other.encoding == nil
    {
      matched = try data.aligned(with: table.decoded, of: "the model's training set").encoded(by: encoding)
    } else if let wanted = schema?.columnNames, let names = data.columnNames {
      matched = data.selecting(try ColumnMatch(wanted, in: names, of: data.name))
    }
    guard matched.dataSize == configuration.dataSize else {
      throw VAEError(
        .data,
        "The data have \(matched.dataSize) values each, the model takes \(configuration.dataSize): \(data.name).")
    }
    if let columns = schema?.columns {
      if let own = columns.schema, let other = matched.columns?.schema {
        try own.check(other, of: data.name, against: "the model's training set")
      }
      matched = matched.joining(columns)
    }
    try configuration.likelihood.check(matched.columns, of: data.name)
    if let own = configuration.imageShape, let shape = matched.imageShape, own != shape {
      throw VAEError(
        .data,
        "The images in \(data.name) are \(shape.height) × \(shape.width), the model's \(own.height) × \(own.width).")
    }
    guard data.count > 0 else { throw VAEError(.data, "The data set is empty: \(data.name).") }
    if let schema {
      matched = matched.with(try schema.whiteLevel(of: matched))
    } else {
      matched = try matched.decidingWhiteLevel()
    }
    return try matchingCondition(of: matched)
  }

  /// Data with their condition as the model takes it.
  private func matchingCondition(of data: any DataSource) throws(VAEError) -> any DataSource {
    let size = configuration.conditionSize
    if size == 0 { return data }
    guard let condition = data.condition else {
      throw VAEError(
        .data,
        "The model takes a condition of size \(size) beside each datum, which \(data.name) does not have: give the "
          + "labels or the numbers of its data.", remedy: .condition)
    }
    let matched = try matching(condition, positions: data.origin)
    let isSame = matched.classes == condition.classes && matched.columnNames == condition.columnNames
    return isSame ? data : try data.conditioned(on: matched)
  }

  /// A condition as the model takes it.
  func matching(_ condition: Condition, positions: [Range<Int>]? = nil) throws(VAEError) -> Condition {
    let columns = schema?.conditions?.columns
    guard columns == condition.columns else {
      throw VAEError(
        .data,
        "The condition \(condition.name) is none that the model takes, "
          + (columns.map { "which are the columns \(CellPlace.list($0.names)) of its table." }
            ?? "which is in no columns of a table."))
    }
    return try condition.selecting(schema?.conditionColumns)
      .matching(classes: classes(for: condition), size: configuration.conditionSize, positions: positions)
  }

  /// The classes that labels must be of; nil where the model takes numbers. Of a model that has seen no data they are 0 to
  /// C − 1, if there are labels.
  private func classes(for condition: Condition) -> [Int]? {
    if let schema, schema.storedType != nil { return schema.classes }
    return condition.labels == nil ? nil : Array(0..<configuration.conditionSize)
  }
}
