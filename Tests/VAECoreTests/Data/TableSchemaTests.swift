import Foundation
import TestSupport
import Testing
import VAECore

/// Reading by a schema, and schemas that data, models and files have.
struct TableSchemaTests {
  private static let text =
    "job,age,when,ok\nclerk,30,2020-01-02,True\nfarmer,41,2020-01-03,False\nclerk,25,2020-01-04,True\n"

  private static let standardizing: TrainingConfiguration = {
    var training = TrainingConfiguration()
    training.standardizes = true
    return training
  }()

  private func schema(_ text: String = text) throws -> TableSchema {
    try TableStream.discoverSchema(BytesReader(Array(text.utf8), path: "train.csv"))
  }

  private func read(
    _ text: String, _ schema: TableSchema?, _ set: (inout TableOptions) -> Void = { _ in }
  ) throws -> Dataset {
    var options = TableOptions()
    options.schema = schema
    set(&options)
    var stream = try TableStream(BytesReader(Array(text.utf8), path: "table.csv"), options)
    return try stream.inMemory()
  }

  private func values(_ data: Dataset) -> [Double] { data.rows(0..<data.count, as: Double.self).elements }

  private func refuse(
    _ text: String, _ words: String..., schema: TableSchema? = nil, set: (inout TableOptions) -> Void = { _ in },
    _ location: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: VAEError.self, sourceLocation: location) {
      try read(text, schema ?? self.schema(), set)
    }
    #expect(error?.lacks(["table.csv"] + words) == [], "\(error?.description ?? "")", sourceLocation: location)
  }

  @Test func oneNumberForEachColumn() throws {
    let data = try read(Self.text, schema())
    #expect(values(data) == [0, 30, 18_263, 1, 1, 41, 18_264, 0, 0, 25, 18_265, 1])
    #expect(data.columns?.kinds == [.category, .integer, .date, .boolean])
    #expect(try data.columns?.schema == schema())
    // In another order, with more columns, without a category.
    let other = "x,when,ok,age,job\nfoo,2021-01-02,false,33,farmer\n"
    #expect(values(try read(other, schema())) == [1, 33, 18_629, 0])
    let some = try read(other, schema()) { $0.droppedColumns = ["when"] }
    #expect(values(some) == [1, 33, 0] && some.columns?.kinds == [.category, .integer, .boolean])
    let chosen = try read(other, schema()) { $0.columns = ["ok", "job"] }
    #expect(values(chosen) == [0, 1] && chosen.columns?.schema?.names == ["ok", "job"])
  }

  @Test func withoutNames() throws {
    let text = (1...12).map { "\($0),k\($0 % 3),\(2 * $0)\n" }.joined()
    let schema = try schema(text)
    #expect(schema.identifiers == ["#1"] && schema.names == nil)
    #expect(values(try read("7,k2,8\n9,k0,3\n", schema) { $0.header = .no }) == [2, 8, 0, 3])
    refuse("7,k2,8,5\n9,k0,3,5\n", "3 columns", "schema 2", schema: schema) { $0.header = .no }
  }

  @Test func valuesThatContradictIt() {
    let head = "job,age,when,ok\n"
    refuse(
      head + "clerk,30,2020-01-02,True\nbaker,1,2020-01-02,True\n", "line 3", "column 1 (job)", "\"baker\"",
      "clerk, farmer")
    refuse(head + "clerk,3.5,2020-01-02,True\n", "line 2", "column 2 (age)", "\"3.5\"", "whole numbers")
    refuse(head + "clerk,old,2020-01-02,True\n", "line 2", "column 2 (age)", "\"old\"")
    refuse(head + "clerk,True,2020-01-02,True\n", "line 2", "column 2 (age)")
    refuse(head + "clerk,30,02.01.2020,True\n", "line 2", "column 3 (when)", "YYYY-MM-DD")
    refuse(head + "clerk,30,2020-02-30,True\n", "line 2", "column 3 (when)")
    refuse(head + "clerk,30,2020-01-02,2\n", "line 2", "column 4 (ok)", "\"2\"")
    refuse(head + "clerk,,2020-01-02,True\n", "line 2", "column 2 (age)", "missing")
    refuse("job,age,when\nclerk,30,2020-01-02\n", "no column \"ok\"")
    refuse("x,job\n1,clerk\n", "\"x\"", "not in the schema", "job") { $0.columns = ["x"] }
  }

  @Test func unknownCategoriesMayBeMissing() throws {
    let text = "job,age,when,ok\nbaker,30,2020-01-02,True\n"
    let data = try read(text, schema()) { ($0.unknown, $0.missing) = (.missing, .nan) }
    #expect(values(data)[0].isNaN && values(data)[1] == 30)
    refuse(text, "line 2", "column 1 (job)", "missing") { $0.unknown = .missing }
    // The most frequent stands for it.
    var options = TableOptions()
    (options.schema, options.unknown, options.missing) = (try schema(), .missing, .nan)
    let bytes = Array(("job,age,when,ok\nfarmer,30,2020-01-02,True\n" + "baker,31,2020-01-05,True\n").utf8)
    let means = try ImputedStream.means(of: TableStream(BytesReader(bytes, path: "t.csv"), options))
    #expect(means == [0, 31, 18_265, 1])
  }

  @Test func rareOnesAreOne() throws {
    var schema = try schema("k,n\na,1.5\na,1.5\nother,1.5\nb,1.5\nb,2.5\n")
    schema.columns[0].joinsRare = true
    #expect(values(try read("k,n\nz,1\nb,2\nother,3\n", schema)) == [2, 1, 1, 2, 2, 3])
  }

  // MARK: Models

  @Test func modelsKeepIt() throws {
    let data = try read(Self.text, schema())
    let numbers = data.selecting([1, 2])
    let configuration = ModelConfiguration(dataSize: 2, encoderHidden: [3], latentSize: 1, likelihood: .gaussian())
    let model = try VariationalAutoencoder<Float>(
      configuration, training: Self.standardizing, data: numbers)
    #expect(model.schema?.table == (try schema().selecting([1, 2])))
    try withTemporaryFolder { folder in
      try Checkpoint(model: model).write(to: folder.file("model"))
      #expect(try Checkpoint<Float>(contentsOf: folder.file("model")).model.schema == model.schema)
    }
    // Data in another order, read by the same schema, are matched by name.
    let matched = try model.matching(data.selecting([2, 1]))
    #expect(matched.columnNames == ["age", "when"])
    // What has no schema gets the model's.
    let plain = try model.matching(Dataset(name: "plain", doubles: [30, 18_263], dataSize: 2))
    #expect(plain.columns?.schema?.columns.map(\.kind) == [.integer, .date])
  }

  @Test func modelsOfNumbersTakeNoCategories() throws {
    let data = try read(Self.text, schema())
    let configuration = ModelConfiguration(dataSize: 4, encoderHidden: [3], latentSize: 1, likelihood: .gaussian())
    let error = #expect(throws: VAEError.self) {
      try VariationalAutoencoder<Float>(configuration, training: TrainingConfiguration(), data: data)
    }
    #expect(error?.lacks("table.csv", "column 1 (job)", "categories", "gaussian") == [], "\(error?.description ?? "")")
    #expect(error?.remedy == .chooseLikelihood)
  }

  @Test func dataOfAnotherSchemaAreOthers() throws {
    let numbers = try read(Self.text, schema()).selecting([1, 2])
    let configuration = ModelConfiguration(dataSize: 2, encoderHidden: [3], latentSize: 1, likelihood: .gaussian())
    let model = try VariationalAutoencoder<Float>(
      configuration, training: Self.standardizing, data: numbers)
    let times = "age,when,k\n3,2020-01-02T10:00,x\n4,2020-01-02T11:00,y\n"
    let other = try read(times, schema(times)).selecting([0, 1])
    let error = #expect(throws: VAEError.self) { try model.matching(other) }
    #expect(error?.lacks("column 2 (when)", "time of day", "schema") == [], "\(error?.description ?? "")")
    let texts = "age,when\n3,x\n4,y\n"
    let kinds = #expect(throws: VAEError.self) { try model.matching(read(texts, schema(texts))) }
    #expect(kinds?.lacks("column 2 (when)", "categories", "dates") == [], "\(kinds?.description ?? "")")
    // One set is of one schema.
    let one = try read(Self.text, schema())
    let two = Self.text.replacing("farmer", with: "baker")
    let both = #expect(throws: VAEError.self) { try ShardedSource(name: "both", [one, read(two, schema(two))]) }
    #expect(both?.lacks("column 1 (job)", "baker", "farmer") == [], "\(both?.description ?? "")")
  }

  // MARK: JSON

  @Test(arguments: [
    (#"{"columns": []}"#, "no columns"), (#"{}"#, "columns"), (#"{"columns": [{"name": "a"}]}"#, "kind"),
    (#"{"columns": [{"kind": "word"}]}"#, "word"), (#"{"columns": [{"kind": "number", "colour": 1}]}"#, "colour"),
    (#"{"columns": [{"kind": "category"}]}"#, "categories"),
    (#"{"columns": [{"kind": "category", "categories": ["b", "a"]}]}"#, "order"),
    (#"{"columns": [{"kind": "category", "categories": ["a", "a"]}]}"#, "twice"),
    (#"{"columns": [{"kind": "category", "categories": [{"text": "a", "count": -1}]}]}"#, "negative"),
    (#"{"columns": [{"kind": "category", "categories": ["a"], "joins_rare": true}]}"#, "other"),
    (#"{"columns": [{"kind": "boolean", "categories": ["a"]}]}"#, "two"),
    (#"{"columns": [{"kind": "number", "categories": ["a"]}]}"#, "no categories"),
    (#"{"columns": [{"kind": "number", "range": [2, 1]}]}"#, "range"),
    (#"{"columns": [{"kind": "number", "range": [2]}]}"#, "range"),
    (#"{"columns": [{"kind": "number", "decimals": 18}]}"#, "decimals"),
    (#"{"columns": [{"kind": "number", "decimals": 1, "least_decimals": 2}]}"#, "decimals"),
    (#"{"columns": [{"kind": "number", "spacing": 0}]}"#, "spacing"),
    (#"{"columns": [{"kind": "number", "standard_deviation": -1}]}"#, "deviation"),
    (#"{"columns": [{"kind": "number", "points": [{"value": 2}, {"value": 1}]}]}"#, "order"),
    (#"{"columns": [{"kind": "number", "missing_count": -1}]}"#, "negative"),
    (#"{"columns": [{"kind": "number", "missing_count": 9}], "row_count": 3}"#, "missing"),
    (#"{"columns": [{"kind": "number", "blanks": 1000000000}]}"#, "blanks"),
    (#"{"columns": [{"kind": "date"}]}"#, "date_format"), (#"{"columns": [{"kind": "identifier"}]}"#, "identifiers"),
    (#"{"columns": [{"kind": "date", "date_format": "YY"}]}"#, "YY"),
    (#"{"columns": [{"kind": "number", "name": "a"}, {"kind": "number"}]}"#, "names"),
    (#"{"columns": [{"kind": "number"}], "style": {"has_header": true}}"#, "names"),
    (#"{"columns": [{"kind": "number"}], "row_count": -1}"#, "negative"),
    (
      #"{"columns": [{"kind": "number", "name": "a"}], "style": {"separator": "comma", "has_decimal_commas": true}}"#,
      "comma"
    ),
  ])
  func damagedSchemas(json: String, word: String) {
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(TableSchema.self, from: Data(json.utf8))
    }
    #expect("\(error!)".contains(word), "\(error!)")
  }

  @Test func shortSchemas() throws {
    let json =
      #"{"columns": [{"name": "a", "kind": "category", "categories": ["x", "y"]}, {"name": "b", "kind": "boolean"}]}"#
    let schema = try JSONDecoder().decode(TableSchema.self, from: Data(json.utf8))
    #expect(values(try read("b,a\nTrue,y\nfalse,x\n", schema)) == [1, 1, 0, 0])
    let writer = RowWriter(schema)
    #expect(String(decoding: writer.header + writer.rows([1, 1, 0, 0]), as: UTF8.self) == "a,b\ny,True\nx,False\n")
  }

  @Test func schemasOfModels() throws {
    let table = try schema()
    let schema = DataSchema(columns: DataColumns(table), storedType: .float64)
    let json = try JSONEncoder().encode(schema)
    #expect(try JSONDecoder().decode(DataSchema.self, from: json) == schema && schema.table == table)
    let text = String(decoding: json, as: UTF8.self)
    for (old, new) in [("\"integer\",\"date\"", "\"date\",\"integer\""), ("[\"job\"", "[\"jab\"")] {
      #expect(text.contains(old))
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(DataSchema.self, from: Data(text.replacing(old, with: new).utf8))
      }
    }
  }
}
