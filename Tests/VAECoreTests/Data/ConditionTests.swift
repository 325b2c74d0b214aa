import TestSupport
import Testing
import VAECore

/// What is known of each datum goes where the datum goes, and fits the model that takes it.
struct ConditionTests {
  /// 7 data of 2 values, each with its position as a label, or in numbers.
  private func data(_ condition: Condition = Condition(name: "labels", labels: Array(0..<7))) throws -> Dataset {
    try Dataset(name: "data", floats: (0..<14).map { Float($0) / 14 }, dataSize: 2).conditioned(on: condition)
  }

  private func numbers(_ elements: [Float], columns: Int = 2) -> Condition {
    Condition(
      name: "numbers", numbers: Matrix(rows: elements.count / columns, columns: columns, elements: elements))
  }

  @Test func travelsWithTheData() throws {
    let data = try data()
    #expect(try data.prefix(3).condition?.labels == [0, 1, 2])
    #expect(data.read([5..<7, 1..<2]).condition?.labels == [5, 6, 1])
    let drawn = try data.subset(count: 4, seed: 1)
    let labels = try #require(drawn.condition?.labels)
    // The first of datum i's values is i/7.
    #expect((0..<4).map { (drawn.rows($0..<$0 + 1, as: Float.self)[0, 0] * 7).rounded() } == labels.map { Float($0) })
    let pairs = try self.data(numbers((0..<14).map { Float($0) })).read([3..<5, 0..<1]).condition
    #expect(pairs?.rows(0..<3, as: Double.self).elements == [6, 7, 8, 9, 0, 1])
    #expect(pairs?.labels == nil && pairs?.size == 2)
  }

  @Test func labelsAreOneHot() {
    let matrix = Matrix<Double>.oneHot([2, 0, 1], classes: 4)
    #expect(matrix == Matrix(rows: 3, columns: 4, elements: [0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0]))
    // Classes are those that occur, in ascending order, and a part has those of the whole.
    let labels = Condition(name: "", labels: [4, 1, 9, 4])
    #expect(labels.classes == [1, 4, 9] && labels.size == 3)
    #expect(labels.read([1..<2]).classes == [1, 4, 9])
    #expect(labels.read([3..<4, 1..<2]).rows(0..<2, as: Float.self).elements == [0, 1, 0, 1, 0, 0])
  }

  private func model(_ conditionSize: Int) throws -> VariationalAutoencoder<Float> {
    try VariationalAutoencoder(
      ModelConfiguration(dataSize: 2, encoderHidden: [], latentSize: 1, conditionSize: conditionSize))
  }

  private func expectRefusal(_ data: some DataSource, by size: Int, _ words: String...) throws {
    let model = try model(size)
    let error = #expect(throws: VAEError.self) { try model.check(data) }
    #expect(error?.kind == .data)
    #expect(error?.lacks(words) == [], "\(error?.description ?? "")")
  }

  @Test func refuses() throws {
    try expectRefusal(
      Dataset(name: "data", floats: [0, 0], dataSize: 2), by: 3, "condition of size 3", "data", "labels")
    try expectRefusal(data(), by: 5, "Datum 5", "label 5", "0 to 4", "labels")
    try expectRefusal(data(Condition(name: "few", labels: [0, 0, 0, -1, 0, 0, 0])), by: 5, "Datum 3", "-1", "few")
    // By where it was in the set that it came from.
    try expectRefusal(data().read([0..<1, 6..<7]), by: 5, "Datum 6", "label 6")
    try expectRefusal(data(numbers(Array(repeating: 0, count: 14))), by: 3, "2 values", "takes 3", "numbers")
    var values = [Float](repeating: 0, count: 14)
    values[9] = .infinity
    try expectRefusal(data(numbers(values)), by: 2, "numbers, datum 4, column 2", "inf")
    let error = #expect(throws: VAEError.self) { _ = try data(Condition(name: "labels", labels: [1, 2])) }
    #expect(error?.lacks("labels", "2 data", "7 data", "data") == [], "\(error?.description ?? "")")
  }

  @Test func takes() throws {
    try model(7).check(data())
    try model(10).check(data())
    // What a model does not ask for does no harm.
    try model(0).check(data(Condition(name: "bad", labels: Array(repeating: -1, count: 7))))
    let ignored = try model(0).evaluate(on: data())
    #expect(
      try model(0).evaluate(
        on: Dataset(
          name: "data", floats: (0..<14).map { Float($0) / 14 }, dataSize: 2)) == ignored)
  }

  /// A file with its condition is read like data in memory, whole, in windows, and in parts.
  @Test func ofAFile() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write(idxImages(count: 1000, side: 5), "images")
      let file = try ArrayFile(path: path) { reader throws(VAEError) in try IDX.layout(&reader) }
      let condition = Condition(name: "labels", labels: (0..<1000).map { $0 * $0 % 7 })
      let source = try file.conditioned(on: condition)
      let data = try file.inMemory().conditioned(on: condition)
      #expect(try source.read([7..<9, 2..<3]).condition?.labels == [0, 1, 4])
      let model = try VariationalAutoencoder<Double>(
        ModelConfiguration(dataSize: 25, encoderHidden: [10], latentSize: 2, conditionSize: 7))
      #expect(try model.evaluate(on: source) == model.evaluate(on: data))
      for window in [nil, 64, 300] {
        var configuration = TrainingConfiguration()
        configuration.batchSize = 30
        configuration.shuffleWindow = window
        func train(_ data: some DataSource) throws -> Parameters<Double> {
          var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: 2))
          for _ in 0..<2 { try trainer.trainEpoch(on: data) }
          return trainer.model.parameters
        }
        let isEqual = try train(source) == train(data)
        #expect(isEqual)
        // With a learning rate of 0 the epoch's KL divergence is that of the set, if each datum had its own condition.
        configuration.learningRate = 0
        var trainer = try Trainer(model, configuration: configuration, execution: Execution(threads: 1))
        let loss = try trainer.trainEpoch(on: source)
        #expect(relativeDifference([loss.kl], [try model.evaluate(on: data).loss.kl]) < 1e-12)
      }
      #expect(throws: VAEError.self) { _ = try file.conditioned(on: Condition(name: "", labels: [1])) }
    }
  }

  /// A model of labels takes labels, or shares of them, and no numbers that happen to be as many.
  @Test func numbersInPlaceOfLabels() throws {
    let labelled = try Dataset(name: "data", floats: [0, 1, 1, 0, 1, 1], dataSize: 2)
      .conditioned(on: Condition(name: "labels", labels: [4, 9, 4]))
    let model = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: 2, encoderHidden: [], latentSize: 1, conditionSize: 2),
      training: TrainingConfiguration(), data: labelled)
    func score(_ elements: [Float]) throws -> [Double] {
      let data = Dataset(name: "data", floats: [0, 1, 1, 0, 1, 1], dataSize: 2)
      return try model.score(data.conditioned(on: numbers(elements)))
    }
    #expect(try score([1, 0, 0, 1, 1, 0]) == model.score(labelled))
    _ = try score([0.25, 0.75, 0, 1, 1, 0])
    for bad: [Float] in [[1, 0, 0, 2, 1, 0], [1, 0, 0, 0, 1, 0], [1, 0, 1.5, -0.5, 1, 0], [1, 0, 7, 7, 1, 0]] {
      let error = #expect(throws: VAEError.self, "\(bad)") { _ = try score(bad) }
      #expect(error?.lacks("numbers", "datum 1", "4, 9", "share") == [], "\(error?.description ?? "")")
    }
  }

  /// Numbers that have names go by them.
  @Test func numbersByName() throws {
    func data(_ names: [String]?, _ elements: [Float]) throws -> Dataset {
      let columns = names?.count ?? 2
      let matrix = Matrix(rows: elements.count / columns, columns: columns, elements: elements)
      return try Dataset(name: "data", floats: [0, 1, 1, 0], dataSize: 2)
        .conditioned(on: Condition(name: "patients.csv", numbers: matrix, columnNames: names))
    }
    let trained = try data(["age", "dose"], [40, 1, 50, 2])
    let model = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: 2, encoderHidden: [], latentSize: 1, conditionSize: 2),
      training: TrainingConfiguration(), data: trained)
    #expect(model.schema?.conditionColumns == ["age", "dose"])
    let expected = try model.score(trained)
    #expect(try model.score(data(["dose", "age"], [1, 40, 2, 50])) == expected)
    #expect(try model.score(data(["dose", "note", "age"], [1, 0, 40, 2, 0, 50])) == expected)
    #expect(try model.score(data(nil, [40, 1, 50, 2])) == expected)
    #expect(try model.score(data(["dose", "age"], [1, 40, 2, 50]).read([1..<2])) != [expected[0]])
    let error = #expect(throws: VAEError.self) { _ = try model.score(data(["dose", "weight"], [1, 40, 2, 50])) }
    #expect(error?.lacks("patients.csv", "\"age\"") == [], "\(error?.description ?? "")")
    try withTemporaryFolder { folder in
      try Checkpoint(model: model).write(to: folder.file("model"))
      #expect(try Checkpoint<Float>(contentsOf: folder.file("model")).model.schema == model.schema)
    }
  }
}
