import VAECore

/// A table as it is compared: named columns of numbers or of texts, all of as many rows.
///
/// ```swift
/// let table = try ComparedTable([
///   .init("age", .numbers([39, 50, .nan])),
///   .init("sex", .texts(TextValues(["Male", nil, "Female"]))),
/// ])
/// ```
public struct ComparedTable: Sendable {
  /// A column's name and its values.
  public struct Column: Sendable {
    /// By which columns of different tables belong together.
    public let name: String
    /// What its rows hold.
    public let values: Values

    /// A column of that name.
    public init(_ name: String, _ values: Values) {
      self.name = name
      self.values = values
    }

    var count: Int {
      switch values {
      case .numbers(let numbers): numbers.count
      case .texts(let texts): texts.indices.count
      }
    }

    var kind: String {
      switch values {
      case .numbers: "numbers"
      case .texts: "texts"
      }
    }
  }

  /// What the rows of a column hold.
  public enum Values: Sendable {
    /// Numbers, NaN where one is missing.
    case numbers([Double])
    /// Texts, of which two are equal or not, and nothing in between.
    case texts(TextValues)
  }

  /// In the order that results have them.
  public let columns: [Column]
  /// How many rows each column has.
  public let rowCount: Int

  /// A table of some columns.
  ///
  /// - Throws: where there are no columns or no rows, two columns have one name or different numbers of rows, or a number
  ///   is infinite.
  public init(_ columns: [Column]) throws(VAEError) {
    guard let first = columns.first else { throw VAEError(.data, "A table without columns can't be compared.") }
    guard first.count > 0 else { throw VAEError(.data, "A table without rows can't be compared.") }
    var names: Set<String> = []
    for column in columns {
      guard names.insert(column.name).inserted else {
        throw VAEError(.data, "Two columns of a table are called \(column.name).")
      }
      guard column.count == first.count else {
        throw VAEError(
          .data, "Column \(column.name) has \(column.count) rows where \(first.name) has \(first.count).")
      }
      if case .numbers(let numbers) = column.values, let row = numbers.firstIndex(where: \.isInfinite) {
        throw VAEError(.data, "Column \(column.name) has an infinite number in row \(row): only finite ones compare.")
      }
    }
    self.columns = columns
    rowCount = first.count
  }
}
