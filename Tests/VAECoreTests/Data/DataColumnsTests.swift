import Foundation
import TestSupport
import Testing
import VAECore

/// Columns have kinds, which models keep: where there were True and False, no other number is one.
struct DataColumnsTests {
  private static let club = "age,member\n30,True\n41,False\n25,True\n60,False\n33,False\n"

  private func table(_ text: String, name: String = "club.csv", missing: Bool = false) throws -> Dataset {
    var options = TableOptions()
    if missing { options.missing = .nan }
    let stream = try TableStream(BytesReader(Array(text.utf8), path: name), options)
    var all: any DataStream = missing ? ImputedStream(stream, substitutes: [40, 0.4]) : stream
    return try all.inMemory()
  }

  private func model(_ data: some DataSource) throws -> VariationalAutoencoder<Float> {
    try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: 2, encoderHidden: [4], latentSize: 1, likelihood: .gaussian()),
      training: TrainingConfiguration(), data: data)
  }

  @Test func kindsComeFromAllRows() throws {
    #expect(try table(Self.club).columns == DataColumns(names: ["age", "member"], kinds: [.number, .boolean]))
    #expect(try table("True,1.5\nFalse,2\n").columns == DataColumns(kinds: [.boolean, .number]))
    // As is said late, and in pieces.
    var stream = try TableStream(BytesReader(Array("a,b\n1,0\n2,1\n3,True\n".utf8), path: "t"), TableOptions())
    #expect(try stream.next(2).columns?.kinds == [.number, .number])
    #expect(try stream.next(2).columns?.kinds == [.number, .boolean])
    let shards = [try table("a,b\n1,0\n2,1\n"), try table("a,b\n3,False\n")]
    let source = try ShardedSource(name: "both", shards)
    #expect(source.columns?.kinds == [.number, .boolean])
    #expect(try source.read(0..<1).columns?.kinds == [.number, .boolean])
    var streams = try ShardedStream(name: "both", ["0", "1"]) { name throws(VAEError) in
      SourceStream(shards[Int(name)!])
    }
    #expect(try streams.inMemory().columns?.kinds == [.number, .boolean])
    #expect(streams.columns?.kinds == [.number, .boolean])
    #expect(try source.split(validation: 0.4, seed: 1).training.columns == source.columns)
  }

  @Test func modelsKeepThem() throws {
    let model = try model(table(Self.club))
    #expect(model.schema?.columns == DataColumns(names: ["age", "member"], kinds: [.number, .boolean]))
    try withTemporaryFolder { folder in
      try Checkpoint(model: model).write(to: folder.file("model"))
      #expect(try Checkpoint<Float>(contentsOf: folder.file("model")).model.schema == model.schema)
    }
    let (schema, encoder) = (try #require(model.schema), JSONEncoder())
    #expect(try JSONDecoder().decode(DataSchema.self, from: encoder.encode(schema)) == schema)
    // Schemas without kinds are older.
    let older = Data(#"{"column_names": ["a", "b"], "binarize": "none"}"#.utf8)
    #expect(try JSONDecoder().decode(DataSchema.self, from: older).columns == DataColumns(names: ["a", "b"]))
    for damaged in [
      #"{"column_names": ["a", "b"], "column_kinds": ["number"], "binarize": "none"}"#,
      #"{"column_kinds": ["number", "truth"], "binarize": "none"}"#,
    ] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(DataSchema.self, from: Data(damaged.utf8)) }
    }
  }

  @Test func otherNumbersAreRefused() throws {
    let model = try model(table(Self.club))
    // 1 and 0 are the same, in any order, without names, and as the mean that stands for a missing value.
    let digits = Self.club.replacingOccurrences(of: "True", with: "1").replacingOccurrences(of: "False", with: "0")
    #expect(try model.score(table(digits)) == model.score(table(Self.club)))
    let swapped = try table("member,age\n1,30\n0,41\n1,25\n0,60\n0,33\n")
    #expect(try model.score(swapped) == model.score(table(Self.club)))
    _ = try model.score(table("age,member\n30,True\n31,\n", missing: true))
    let nameless = Dataset(name: "array", floats: [30, 1, 41, 0], dataSize: 2)
    _ = try model.score(nameless)

    func refuse(_ data: some DataSource, _ words: String...) {
      let error = #expect(throws: VAEError.self) { _ = try model.score(data) }
      let told = words + ["True and False", "between 0.0 and 1.0"]
      #expect(error?.kind == .data && error?.lacks(told) == [], "\(error?.description ?? "")")
    }
    refuse(try table("age,member\n30,1\n41,7\n"), "line 3", "column 2 (member)", "7.0")
    refuse(try table("member,age\n1,30\n-1,41\n"), "line 3", "(member)", "-1.0")
    refuse(Dataset(name: "array", floats: [30, 1, 41, 2], dataSize: 2), "datum 1", "column 2", "2.0")
    let parts = try table("age,member\n30,1\n41,2\n50,0\n12,3\n").split(validation: 0.5, seed: 1)
    refuse(parts.training, "(member)")
  }

  /// Training, all at once, in windows and in one pass.
  @Test func trainingRefusesThem() throws {
    let shards = try ShardedSource(name: "both", [table(Self.club), table("age,member\n30,5\n")])
    for window in [nil, 3] {
      var configuration = TrainingConfiguration()
      (configuration.batchSize, configuration.shuffleWindow) = (2, window)
      let started = try VariationalAutoencoder<Float>(
        ModelConfiguration(dataSize: 2, encoderHidden: [4], latentSize: 1, likelihood: .gaussian()), seed: 1)
      var trainer = try Trainer(started, configuration: configuration, execution: Execution(threads: 1))
      let error = #expect(throws: VAEError.self) { try trainer.trainEpoch(on: shards) }
      #expect(error?.lacks(["column 2 (member)", "5.0"]) == [], "\(error?.description ?? "")")
    }
    var configuration = TrainingConfiguration()
    configuration.batchSize = 2
    var trainer = try Trainer(model(table(Self.club)), configuration: configuration, execution: Execution(threads: 1))
    let pass = try DataPass(of: SourceStream(table("age,member\n30,0\n31,1\n30,5\n29,1\n")), windowSize: 2)
    #expect(throws: VAEError.self) { try trainer.trainEpoch(on: pass) }
  }

  /// Messages count columns as the file has them, whichever are read, and in whichever order.
  @Test func columnsKeepTheirNumbers() throws {
    let text = "id,count,note,age\n1,-5,7,30\n2,3,7,41\n"
    func open(_ set: (inout TableOptions) -> Void) throws -> Dataset {
      var options = TableOptions()
      set(&options)
      var stream = try TableStream(BytesReader(Array(text.utf8), path: "table.csv"), options)
      return try stream.inMemory()
    }
    func expectPlace(_ data: Dataset, _ place: String) throws {
      let error = #expect(throws: VAEError.self) { try Likelihood.poisson.check(data) }
      #expect(error?.description.hasPrefix("table.csv, line 2, \(place): ") == true, "\(error?.description ?? "")")
    }
    try expectPlace(open { $0.droppedColumns = ["id", "note"] }, "column 2 (count)")
    try expectPlace(open { $0.columns = ["age", "count"] }, "column 2 (count)")
    try expectPlace(open { $0.matching = ["age", "note", "count"] }, "column 2 (count)")
    let all = try open { _ in }
    let model = try model(open { $0.columns = ["age", "note"] })
    #expect(try model.matching(all).columns?.title(0) == "age")
    #expect(model.schema?.columns == DataColumns(names: ["age", "note"]))
    // A number beyond single precision is told as it stands.
    var one = Dataset(name: "one", doubles: [1, 1e300], dataSize: 2)
    let beyond = #expect(throws: VAEError.self) { try Likelihood.gaussian().check(one) }
    #expect(beyond?.lacks(["column 2", "1e+300"]) == [], "\(beyond?.description ?? "")")
    one = Dataset(name: "one", floats: [1, 0.1], dataSize: 2)
    let fraction = #expect(throws: VAEError.self) { try Likelihood.poisson.check(one) }
    #expect(fraction?.lacks(["the value is 0.1;"]) == [], "\(fraction?.description ?? "")")
    // So does the advice to leave one out.
    var options = TableOptions()
    (options.droppedColumns, options.missing) = (["a"], .nan)
    let gaps = try TableStream(BytesReader(Array("a,b,c\n1,2,\n3,4,\n".utf8), path: "gaps.csv"), options)
    let error = #expect(throws: VAEError.self) { try ImputedStream.means(of: gaps) }
    #expect(error?.remedy == .leaveOutColumn("3") && error?.lacks(["column 3 (c)"]) == [])
  }
}
