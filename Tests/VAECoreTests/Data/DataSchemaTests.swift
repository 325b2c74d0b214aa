import TestSupport
import Testing
import VAECore

/// A model knows what data it is of, and takes others for what its own were.
struct DataSchemaTests {
  /// People: height, weight and age, as single precision holds them.
  private func people(_ order: [Int] = [0, 1, 2], beyond: Bool = false, count: Int = 60) -> Dataset {
    var random = TestRandom(2)
    let names = ["height", "weight", "age"]
    var values: [Float] = []
    for _ in 0..<count {
      let row = [170 + 10 * random.normal(), 65 + 8 * random.normal(), 40 + 12 * random.normal()]
      values += order.map { Float(row[$0]) } + (beyond ? [7] : [])
    }
    var data = Dataset(name: "people", floats: values, dataSize: order.count + (beyond ? 1 : 0))
    data.columnNames = order.map { names[$0] } + (beyond ? ["shoe size"] : [])
    return data
  }

  private func model(
    _ data: some DataSource, _ likelihood: Likelihood = .gaussian(), conditionSize: Int = 0,
    binarization: Binarization = .unchanged
  ) throws -> VariationalAutoencoder<Float> {
    var training = TrainingConfiguration()
    training.binarization = binarization
    return try VariationalAutoencoder<Float>(
      ModelConfiguration(
        dataSize: data.dataSize, encoderHidden: [6], latentSize: 2, conditionSize: conditionSize,
        likelihood: likelihood), training: training, data: data)
  }

  // MARK: Columns

  @Test func columnsAreMatchedByName() throws {
    let data = people()
    let model = try model(data)
    #expect(model.schema?.columnNames == ["height", "weight", "age"])
    let expected = try model.score(data)
    for others in [people([2, 0, 1]), people([1, 2, 0], beyond: true)] {
      #expect(try model.score(others) == expected)
      #expect(try model.evaluate(on: others) == model.evaluate(on: data))
      #expect(try model.matching(others).columnNames == ["height", "weight", "age"])
    }
    var configuration = TrainingConfiguration()
    configuration.batchSize = 20
    func train(_ data: some DataSource) throws -> Parameters<Float> {
      var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: 1))
      try trainer.trainEpoch(on: data)
      return trainer.model.parameters
    }
    let isSame = try train(people([2, 1, 0])) == train(data)
    #expect(isSame)
    // Names say nothing where one side has none.
    var nameless = people()
    nameless.columnNames = nil
    #expect(try model.score(nameless) == expected)
  }

  /// The same where data are no dataset, but are read in windows.
  @Test func columnsOfASourceAreMatchedByName() throws {
    let (data, others) = (people(), people([2, 0, 1], beyond: true))
    let model = try model(data)
    let (parts, same) = (try others.split(validation: 0.5, seed: 1), try data.split(validation: 0.5, seed: 1))
    #expect(try model.score(parts.validation) == model.score(same.validation))
    var configuration = TrainingConfiguration()
    (configuration.batchSize, configuration.shuffleWindow) = (10, 12)
    func train(_ data: some DataSource) throws -> Parameters<Float> {
      var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: 1))
      for _ in 0..<2 { try trainer.trainEpoch(on: data) }
      return trainer.model.parameters
    }
    let isSame = try train(parts.training) == train(same.training)
    #expect(isSame)
    func pass(_ data: Dataset) throws -> Parameters<Float> {
      var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: 1))
      try trainer.trainEpoch(on: DataPass(of: SourceStream(data), windowSize: 25))
      return trainer.model.parameters
    }
    let isSamePass = try pass(others) == pass(data)
    #expect(isSamePass)
  }

  @Test func refusesColumnsThatDoNotMatch() throws {
    let model = try model(people())
    func expectRefusal(_ data: Dataset, _ words: String...) {
      let error = #expect(throws: VAEError.self) { _ = try model.evaluate(on: data) }
      #expect(error?.kind == .data && error?.lacks(words + ["people"]) == [], "\(error?.description ?? "")")
    }
    expectRefusal(people([0, 2], beyond: true), "\"weight\"", "height, age, shoe size")
    var twice = people()
    twice.columnNames = ["height", "weight", "weight"]
    expectRefusal(twice, "several", "\"weight\"")
    // A model of such columns takes the very same.
    let same = try self.model(twice)
    #expect(try same.score(twice).count == 60)
    #expect(throws: VAEError.self) { _ = try same.score(people()) }
  }

  @Test func columnsBeyondAreNamed() throws {
    let match = try ColumnMatch(["b", "a"], in: ["a", "x", "b", "y"], of: "data")
    #expect(match.indices == [2, 0] && match.unused == ["x", "y"])
  }

  // MARK: Values

  private let shape = ImageShape(height: 2, width: 2)

  private func images(_ bytes: [UInt8]) -> Dataset {
    Dataset(name: "images", bytes: bytes, dataSize: 4, imageShape: shape)
  }

  /// Bytes are grey levels where they are images with more than 0 and 1, in the set that a model is made from, and from
  /// there on whatever other images hold.
  @Test func greyLevelsStayGreyLevels() throws {
    let model = try model(images([0, 255, 3, 90, 7, 8, 255, 1]), .bernoulli)
    #expect(model.schema?.whiteLevel == 255)
    let dark = images([0, 1, 1, 0])
    #expect(dark.rows(0..<1, as: Float.self).elements == [0, 1, 1, 0])
    let levels = Dataset(name: "dark", floats: [0, 1 / 255, 1 / 255, 0], dataSize: 4)
    #expect(try model.score(dark) == model.score(levels))
    #expect(try model.score(dark.prefix(1)) == model.score(levels))
    // Whole numbers that exceed 1 are levels, too; what is said of data counts.
    let numbers = Dataset(name: "numbers", floats: [0, 255, 3, 90], dataSize: 4)
    #expect(try model.score(numbers) == model.score(images([0, 255, 3, 90])))
    #expect(throws: VAEError.self) { _ = try model.score(numbers.with(.none)) }
    let error = #expect(throws: VAEError.self) {
      _ = try model.score(Dataset(name: "halves", floats: [0, 0.5, 3, 90], dataSize: 4))
    }
    #expect(error?.lacks("halves", "0 to 255", "90.0") == [], "\(error?.description ?? "")")
  }

  /// A level beyond white is none, whatever the likelihood takes; True is white.
  @Test func levelsBeyondWhite() throws {
    let model = try model(images([0, 255, 3, 90, 7, 8, 255, 1]), .gaussian())
    func numbers(_ values: [Double]) -> Dataset {
      Dataset(name: "numbers", doubles: values, dataSize: 4, imageShape: shape)
    }
    #expect(try model.score(numbers([0, 255, 3, 90])) == model.score(images([0, 255, 3, 90])))
    for (values, word) in [([0, 255, 3, 257.0], "257.0"), ([0, -1, 3, 90], "-1.0")] {
      let error = #expect(throws: VAEError.self) { _ = try model.score(numbers(values)) }
      #expect(error?.remedy == .sayWhiteLevel)
      #expect(error?.lacks("numbers, datum 0", word, "from 0 to 255") == [], "\(error?.description ?? "")")
    }
    // As 16 bits hold them.
    #expect(
      try model.score(numbers([0, 65535, 771, 23130]).with(.value(65535))) == model.score(images([0, 255, 3, 90])))
  }

  /// An image stands on its height and width, and not on how many pixels it has.
  @Test func imagesOfAnotherShape() throws {
    let wide = ImageShape(height: 1, width: 4)
    let model = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: 4, imageShape: shape, encoderHidden: [6], latentSize: 2),
      training: TrainingConfiguration(), data: images([0, 255, 3, 90]))
    let error = #expect(throws: VAEError.self) {
      _ = try model.score(Dataset(name: "wide", bytes: [0, 255, 3, 90], dataSize: 4, imageShape: wide))
    }
    #expect(error?.lacks("wide", "1 × 4", "2 × 2") == [], "\(error?.description ?? "")")
    // Vectors may be such images.
    _ = try model.score(Dataset(name: "vectors", bytes: [0, 255, 3, 90], dataSize: 4))
  }

  /// A row of a table of levels may hold 0 and 1 alone; numbers between them have been scaled.
  @Test func numbersOfTheSameKindAreLevels() throws {
    func table(_ numbers: [Double]) -> Dataset { Dataset(name: "table", doubles: numbers, dataSize: 4) }
    let model = try model(table([0, 255, 3, 90]).with(.value(255)), .bernoulli)
    #expect(try model.score(table([0, 1, 1, 0])) == model.score(table([0, 1, 1, 0].map { $0 / 255 })))
    let binary = Dataset(name: "binary", floats: [0, 1, 1, 0], dataSize: 4)
    #expect(try model.score(binary) == model.score(table([0, 1, 1, 0]).with(.none)))
  }

  @Test func binaryImagesAndVectorsAreNumbers() throws {
    let binary = try model(images([0, 1, 1, 0, 1, 1, 0, 1]), .bernoulli)
    #expect(binary.schema?.whiteLevel == nil && binary.schema?.storedType == .uint8)
    #expect(
      try binary.score(images([1, 1, 0, 1])) == binary.score(Dataset(name: "", floats: [1, 1, 0, 1], dataSize: 4)))
    // Grey images are none for it.
    #expect(throws: VAEError.self) { _ = try binary.score(images([0, 200, 0, 1])) }
    let ages = Dataset(name: "ages", bytes: [18, 1, 90, 0], dataSize: 2)
    #expect(ages.rows(0..<2, as: Float.self).elements == [18, 1, 90, 0])
    #expect(try model(ages, .poisson).schema?.whiteLevel == nil)
    // Where one says so, they are levels.
    #expect(try model(ages.with(.value(255)), .bernoulli).schema?.whiteLevel == 255)
    #expect(ages.with(.value(100)).rows(1..<2, as: Double.self).elements == [0.9, 0])
  }

  @Test func aStreamDecidesByItsFirstData() throws {
    func stream(_ bytes: [UInt8]) -> SourceStream { SourceStream(images(bytes)) }
    var grey = try LevelledStream(stream([0, 0, 1, 1, 9, 9, 9, 9]))
    #expect(grey.whiteLevel == .value(255))
    #expect(try grey.next(1).rows(0..<1, as: Double.self).elements == [0, 0, 1.0 / 255, 1.0 / 255])
    #expect(try grey.next(5).count == 1)
    // 4 MB of zeros, and then something else: nobody can say what that is.
    let many = Dataset(
      name: "late", bytes: Array(repeating: 0, count: 1 << 22) + [0, 0, 0, 2], dataSize: 4, imageShape: shape)
    var late = try LevelledStream(SourceStream(many))
    #expect(late.whiteLevel == .none)
    let error = #expect(throws: VAEError.self) { try drain(late) }
    #expect(error?.lacks("late", "datum 1048576", "holds 2") == [], "\(error?.description ?? "")")
    late = try LevelledStream(SourceStream(many), .value(255))
    #expect(throws: Never.self) { try drain(late) }
  }

  /// Whether the caller remembers the binarisation or not, a score is the same quantity.
  @Test func binarizationIsRemembered() throws {
    let data = Dataset.synthetic(count: 40, side: 8)
    for binarization in [Binarization.dynamic, .threshold] {
      let model = try model(data, .bernoulli, binarization: binarization)
      let scores = try model.score(data)
      #expect(try scores == model.score(data, binarization: binarization))
      #expect(try scores != model.score(data, binarization: Binarization.unchanged))
      #expect(try model.evaluate(on: data) == model.evaluate(on: data, binarization: binarization))
    }
  }

  // MARK: Labels

  @Test func classesAreTheModels() throws {
    func data(_ labels: [Int]) throws -> Dataset {
      try Dataset(name: "data", floats: labels.map { Float($0) }, dataSize: 1)
        .conditioned(on: Condition(name: "labels", labels: labels))
    }
    let model = try model(data([7, 1, 3, 7]), conditionSize: 3)
    #expect(model.schema?.classes == [1, 3, 7] && model.conditionClasses == [1, 3, 7])
    // Of these, one does not occur.
    let some = try data([7, 3])
    let matched = try model.matching(some).inMemory()
    #expect(try model.condition(of: matched, 0..<2)?.elements == [0, 0, 1, 0, 1, 0])
    let x = some.rows(0..<2, as: Float.self)
    let condition = Matrix<Float>(rows: 2, columns: 3, elements: [0, 0, 1, 0, 1, 0])
    #expect(try model.matching(Condition(name: "", labels: [7, 3])).rows(0..<2) == condition)
    let isSame = try model.evaluate(on: some).count == 2 && model.encode(x, condition: condition).mean.rows == 2
    #expect(isSame)
    let error = #expect(throws: VAEError.self) { _ = try model.score(data([1, 2])) }
    #expect(error?.lacks("Datum 1", "label 2", "1, 3, 7") == [], "\(error?.description ?? "")")
    // More classes than occur are 0 to C − 1.
    #expect(try self.model(data([0, 2]), conditionSize: 4).schema?.classes == [0, 1, 2, 3])
    #expect(throws: VAEError.self) { _ = try self.model(data([0, 9]), conditionSize: 4) }
  }

  // MARK: Files

  @Test func isKeptInTheCheckpoint() throws {
    try withTemporaryFolder { folder in
      let model = try model(people())
      let path = folder.file("model.safetensors")
      try Checkpoint(model: model).write(to: path)
      let read = try Checkpoint<Float>(contentsOf: path).model
      #expect(read.schema == model.schema && read.converted(to: Double.self).schema == model.schema)
      #expect(try read.score(people([2, 0, 1])) == model.score(people()))
    }
  }

  /// A trainer gives a schema to a model that has none, so that what it saves knows its data.
  @Test func aTrainerKnowsItsData() throws {
    let data = Dataset.synthetic(count: 30, side: 6)
    var configuration = TrainingConfiguration()
    configuration.binarization = .dynamic
    var trainer = try Trainer(
      VariationalAutoencoder<Float>(ModelConfiguration(dataSize: 36, encoderHidden: [4], latentSize: 1)),
      configuration: configuration, execution: Execution(threads: 1))
    try trainer.trainEpoch(on: data)
    #expect(
      trainer.model.schema == DataSchema(storedType: .uint8, whiteLevel: 255, binarization: .dynamic))
  }

  /// Models were saved before they knew their data: all bytes were levels then, and other numbers themselves.
  @Test func anOlderModelTakesBytesForLevels() throws {
    try withTemporaryFolder { folder in
      var file = try CheckpointFile()
      file.metadata["version"] = "2"
      file.metadata["schema"] = nil
      let model = try Checkpoint<Float>(contentsOf: folder.write(file.bytes, "model.safetensors")).model
      #expect(model.schema?.whiteLevel == 255 && model.schema?.storedType == nil)
      let size = model.configuration.dataSize
      let bytes = Dataset(name: "", bytes: Array(repeating: 51, count: size), dataSize: size)
      let numbers = Dataset(name: "", floats: Array(repeating: 0.2, count: size), dataSize: size)
      #expect(try model.score(bytes) == model.score(numbers))
    }
  }
}
