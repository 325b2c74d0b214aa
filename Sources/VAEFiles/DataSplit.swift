import VAECore

/// A training set and, where there are any, a validation and a test set.
public struct DataSplit: Sendable {
  /// What to train on.
  public fileprivate(set) var train: any DataSource
  /// What to choose by while training: when to stop, which epoch's model is the best.
  public var validation: (any DataSource)?
  /// What to test on.
  public var test: (any DataSource)?
  /// The means that stand for the training set's missing values, and so for all others', where they do.
  public var substitutes: [Double]?
  /// The names of files beside the parts in their folder that are data, and no part by their names.
  public internal(set) var unusedFiles: [String] = []
  /// What each part was found in, by the part's name.
  public var descriptions: [String: Description]

  /// What data were found in.
  public struct Description: Sendable {
    /// The format's name.
    public let format: String
    /// How a table was read, of tables.
    public let table: TableReading?

    /// A description.
    public init(format: String, table: TableReading? = nil) {
      self.format = format
      self.table = table
    }
  }

  /// Data to train on, and others where there are any, all with the same means in place of missing values, if they are.
  public init(
    train: any DataSource, validation: (any DataSource)? = nil, test: (any DataSource)? = nil,
    substitutes: [Double]? = nil, descriptions: [String: Description] = [:]
  ) {
    self.train = train
    self.validation = validation
    self.test = test
    self.substitutes = substitutes
    self.descriptions = descriptions
  }

  /// The parts by their names: train, and validation and test where there are any.
  public var parts: [(name: String, data: any DataSource)] {
    [("train", train), ("validation", validation), ("test", test)].compactMap { name, data in data.map { (name, $0) } }
  }

  /// The same with each part as a function makes it.
  public func mapParts(
    _ change: (_ name: String, _ data: any DataSource) throws(VAEError) -> any DataSource
  ) throws(VAEError) -> DataSplit {
    var sets = self
    sets.train = try change("train", train)
    sets.validation = try validation.map { data throws(VAEError) in try change("validation", data) }
    sets.test = try test.map { data throws(VAEError) in try change("test", data) }
    return sets
  }

  /// The same with a fraction of the training data, drawn by the seed, set aside for validation.
  public func splitting(validation fraction: Double, seed: UInt64) throws(VAEError) -> DataSplit {
    var sets = self
    let parts = try train.split(validation: fraction, seed: seed)
    (sets.train, sets.validation) = (parts.training, parts.validation)
    return sets
  }

  /// The same with the training set's means in place of the missing values of all parts, which are in memory then.
  ///
  /// - Throws: where they cannot be read, or a column has no mean.
  public func imputingMeans() throws(VAEError) -> DataSplit {
    // Integers cannot be missing.
    if train.storedType.isInteger { return self }
    let means = try ImputedStream.means(of: SourceStream(train))
    var sets = try mapParts { _, part throws(VAEError) in
      try part.inMemory().imputed(by: means, takesEmptyRows: part.dataSize == 1)
    }
    sets.substitutes = means
    return sets
  }

  /// The same with the numbers of tables given by the modes of the training set's columns, which the seed determines.
  ///
  /// - Throws: where the data are no tables that were read by a schema, or cannot be read.
  public func inModes(seed: UInt64) throws(VAEError) -> DataSplit {
    let train = try train.inModes(seed: seed)
    guard let encoding = train.columns?.schema?.encoding else { return self }
    return try mapParts { name, part throws(VAEError) in name == "train" ? train : try part.encoded(by: encoding) }
  }

  /// The same with a file's data for validation, read as the others are, the training set's means for missing values.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - request: how the training data were asked for.
  ///   - condition: what names the condition of the file's data, where the training data have one: `labels`, as a rule, if
  ///     theirs is that.
  /// - Throws: where the training data have a condition and these have none of their own, or they are of another kind.
  public func validating(
    on path: String, as request: DataRequest, condition: String? = nil
  ) throws(VAEError) -> DataSplit {
    var own = request
    (own.location, own.weights, own.substitutes, own.condition) = (path, nil, substitutes, condition)
    if let trained = request.condition, condition == nil {
      guard trained == ConditionLocation.labels || train.condition?.columns != nil else {
        throw VAEError(
          .configuration,
          "The training data have a condition, \(trained), and the validation data in \(path) need one of their own: say "
            + "which.", remedy: .validationCondition)
      }
      own.condition = trained
    }
    if let columns = train.condition?.columns, var whole = substitutes {
      // What is missing of a condition is refused.
      for place in columns.places { whole.insert(.nan, at: place) }
      own.substitutes = whole
    }
    own.table.matching = train.wholeColumnNames
    own.table.read(as: train)
    let found = try DataLocation.open(own)
    try train.checkKind(of: found.train, "validation")
    var sets = self
    sets.validation = found.train
    sets.descriptions["validation"] = found.descriptions["train"]
    return sets
  }

  /// The same, what fits into so many bytes having been read into memory, the training set first. Where one does not fit,
  /// it is read by windows, which take all that is left.
  ///
  /// - Throws: where it cannot be read.
  public func inMemory(upTo limit: Int) throws(VAEError) -> DataSplit {
    var rest = limit
    return try mapParts { _, source throws(VAEError) in
      guard source.memoryByteCount <= rest else {
        rest = 0
        return source
      }
      rest -= source.memoryByteCount
      return try source.inMemory()
    }
  }
}

extension DataSource {
  /// Throws where data for validation or test are not like these, which are to train on.
  func checkKind(of others: any DataSource, _ part: String) throws(VAEError) {
    if let columnNames, let names = others.columnNames {
      _ = try ColumnMatch(columnNames, in: names, of: others.name)
      return
    }
    guard dataSize == others.dataSize else {
      throw VAEError(
        .data,
        "Training and \(part) data differ in size, \(dataSize) and \(others.dataSize) values each: \(others.name).")
    }
  }
}

extension TableOptions {
  /// Reads tables by the schema of some data, or without one where they have none.
  mutating func read(as data: any DataSource) {
    schema = data.wholeTable
    if schema == nil { schemaChoice = .none }
  }

  /// Reads tables by the schema of a model's data, or without one where they had none.
  package mutating func read<Element>(as model: VariationalAutoencoder<Element>) {
    schema = model.schema?.wholeTable
    if schema == nil { schemaChoice = .none }
    if missing == TableOptions().missing && model.configuration.gaps.areTaken { missing = .model }
  }

  /// Tables of numbers.
  package static var numbers: TableOptions {
    var options = TableOptions()
    options.schemaChoice = .none
    return options
  }
}
