import Foundation
import TestSupport
import Testing
import VAECore

struct RowFilterTests {
  private let schema: TableSchema = {
    var age = TableColumn(name: "age", kind: .integer)
    age.range = 17...90
    var income = TableColumn(name: "income", kind: .category)
    income.categories = [ColumnCategory("<=50K"), ColumnCategory(">50K")]
    var odd = TableColumn(name: "income=net", kind: .number)
    odd.range = -2...2
    var day = TableColumn(name: "day", kind: .date)
    (day.range, day.dateFormat) = (0...20_000, DateFormat("YYYY-MM-DD"))
    return TableSchema(columns: [age, income, odd, day])
  }()

  @Test(arguments: [
    ("age=30", 0, 30.0...30.0), ("age=30..40", 0, 30...40), ("age=80..200", 0, 80...200), ("income=>50K", 1, 1...1),
    ("income=net=-1.5..1", 2, -1.5...1), ("day=1970-01-03..1970-02-01", 3, 2...31),
  ])
  func filters(_ text: String, _ column: Int, _ range: ClosedRange<Double>) throws {
    let filter = try RowFilter(text, schema)
    #expect(filter.column == column && filter.range == range)
    var row = [0.0, 0, 0, 0]
    row[column] = range.upperBound
    #expect(filter.holds(of: row))
    row[column] += 1
    #expect(!filter.holds(of: row))
  }

  @Test(arguments: [
    ("age", ["\"age\"", "age=17", "income"]), ("=3", ["\"=3\""]), ("wage=3", ["wage=3"]),
    ("age=x", ["age", "\"x\"", ".."]), ("age=5..x", ["5..x"]), ("age=40..30", ["40..30"]), ("age=1..2..3", ["1..2..3"]),
    ("age=200", ["17 to 90", "200"]), ("income=50K", ["50K", "<=50K, >50K"]), ("day=3", ["day", "\"3\""]),
    ("age=30.5", ["30.5"]),
    ("age=", ["age"]),
  ])
  func refused(_ text: String, _ words: [String]) {
    let error = #expect(throws: VAEError.self) { try RowFilter(text, schema) }
    #expect(error?.lacks(words) == [], "\(error?.description ?? "")")
  }
}
