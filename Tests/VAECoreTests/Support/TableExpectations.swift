import TestSupport
import Testing
import VAECore

/// What is demanded of tables in the form of texts: what they give, or why they are refused.
protocol TableExpectations {}

extension TableExpectations {
  func open(_ bytes: [UInt8], _ set: (inout TableOptions) -> Void = { _ in }) throws -> TableStream {
    var options = TableOptions()
    set(&options)
    return try TableStream(BytesReader(bytes, path: "table.csv"), options)
  }

  /// Demands names, values (NaN for what is missing), a dialect and words that are said of the table.
  func expect(
    _ text: String, _ names: [String]?, _ values: [Float], _ dialect: String = "commas, decimal points",
    says words: [String] = [], lines: [UInt32]? = nil, _ set: (inout TableOptions) -> Void = { _ in },
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    var stream = try open(Array(text.utf8), set)
    let columnNames = stream.columnNames
    #expect(columnNames == names, sourceLocation: location)
    let data = try stream.next(1000)
    let read = data.rows(0..<data.count, as: Float.self).elements
    let isSame = read.map { $0.isNaN ? "NaN" : "\($0)" } == values.map { $0.isNaN ? "NaN" : "\($0)" }
    #expect(isSame, "\(read.prefix(12)), not \(values.prefix(12))", sourceLocation: location)
    #expect(stream.reading.dialect == dialect, sourceLocation: location)
    let notes = stream.reading.notes.joined(separator: "\n")
    #expect(words.filter { !notes.contains($0) } == [], "\(notes)", sourceLocation: location)
    #expect(stream.reading.hasHeader == (names != nil), sourceLocation: location)
    if let lines { #expect(stream.lastLines == lines, sourceLocation: location) }
  }

  func refuse(
    _ text: String, _ words: String..., set: (inout TableOptions) -> Void = { _ in },
    _ location: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: VAEError.self, "\(text)", sourceLocation: location) {
      try drain(open(Array(text.utf8), set))
    }
    #expect(error?.lacks(["table.csv"] + words) == [], "\(error?.description ?? "")", sourceLocation: location)
    // What to type is for the tool to say.
    #expect(error?.description.contains("--") == false, sourceLocation: location)
  }

  static var semicolonsCommas: String { "semicolons, decimal commas" }
}
