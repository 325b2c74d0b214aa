import Foundation
import VAEComparison

/// Tables and what SDMetrics and scikit-learn make of them, from Tests/Fixtures/reference_comparison.py.
struct ComparisonFixture: Decodable {
  static let cases: [String: ComparisonFixture] = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .custom { path in
      // Names of features are keys, too, and stay as they are.
      let name = path.last!.stringValue
      let known = [
        "held_out": "heldOut", "report_of_all": "reportOfAll", "new_rows": "newRows", "column_shapes": "columnShapes",
        "pair_trends": "pairTrends", "macro_f1": "macroF1",
      ]
      return Key(stringValue: known[name] ?? name)
    }
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/reference_comparison.json")
    return try! decoder.decode([String: ComparisonFixture].self, from: Data(contentsOf: url))
  }()
  static let names = ["random", "adult"]

  let training: [Column]
  let heldOut: [Column]
  let synthetic: [Column]
  let target: String
  let columns: [Double?]
  let pairs: [Pair]
  let report: Report
  let reportOfAll: Report
  let newRows: Double
  let closest: [Double]
  let classifier: Classifiers

  struct Column: Decodable {
    let name: String
    let numbers: [Double?]?
    let levels: [String]?
    let indices: [Int32]?
  }

  struct Pair: Decodable {
    let columns: [String]
    let similarity: Double?
    let real: Double?
    let synthetic: Double?
  }

  struct Report: Decodable {
    let columnShapes: Double
    let pairTrends: Double
    let pairs: [Double?]
  }

  struct Classifiers: Decodable {
    let training: Classifier
    let synthetic: Classifier
  }

  struct Classifier: Decodable {
    let models: [Model]
    let area: Double
    let rare: String
    let f1: Double
    let macroF1: Double
  }

  struct Model: Decodable {
    let `class`: String
    let intercept: Double
    let coefficients: [String: Double]
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  static func table(_ columns: [Column]) throws -> ComparedTable {
    try ComparedTable(
      columns.map { column in
        if let numbers = column.numbers { return .init(column.name, .numbers(numbers.map { $0 ?? .nan })) }
        return .init(column.name, .texts(try TextValues(levels: column.levels!, indices: column.indices!)))
      })
  }

  func comparison() throws -> TableComparison {
    try TableComparison(
      real: Self.table(training), synthetic: Self.table(synthetic), heldOut: Self.table(heldOut), target: target)
  }
}

/// Whether two results are the same to 1e-9, or are both missing.
func isClose(_ a: Double?, _ b: Double?, _ tolerance: Double = 1e-9) -> Bool {
  guard let a, let b else { return a == nil && b == nil }
  return abs(a - b) <= tolerance
}

/// A small table of texts, nil where one is missing, and numbers, NaN where one is.
func table(_ columns: (String, ComparedTable.Values)...) throws -> ComparedTable {
  try ComparedTable(columns.map { .init($0, $1) })
}

extension ComparedTable.Values {
  static func texts(_ texts: String?...) -> ComparedTable.Values { .texts(TextValues(texts)) }
}
