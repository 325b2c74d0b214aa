import ArgumentParser
import VAECore

/// Which rows of a table are made up.
struct RowConditionOptions: ParsableArguments {
  @Option(
    name: .customLong("where"), parsing: .singleValue,
    help: ArgumentHelp(
      "Rows of a table of which this holds: a column's value, or one from the first to the second, as 'age=30..40'. May be given several times.",
      valueName: "column=value"))
  var filters: [String] = []

  @Option(
    help: ArgumentHelp(
      "With --where: rows that are drawn at most to find those that are so. (default: 1000 times --count)",
      valueName: "count"))
  var maxDraws: Int?

  func validate() throws {
    if let maxDraws {
      if maxDraws < 1 { throw ValidationError("--max-draws must be at least 1; it is \(maxDraws).") }
      if filters.isEmpty { throw ValidationError("--max-draws belongs to --where.") }
    }
  }

  /// What is asked of the rows of a model's table.
  ///
  /// - Throws: where the model is of no table, or that cannot be.
  func filters(for model: VariationalAutoencoder<Float>) throws(VAEError) -> [RowFilter] {
    guard !filters.isEmpty else { return [] }
    guard let table = model.schema?.wholeTable else {
      throw VAEError(
        .configuration,
        "The model knows no table's columns, which --where names: train one on a table (CSV) with --schema find.")
    }
    var found: [RowFilter] = []
    for text in filters {
      let filter = try RowFilter(text, table)
      guard !found.contains(where: { $0.column == filter.column }) else {
        throw VAEError(.configuration, "--where says twice what \(table.titles[filter.column]) is to be.")
      }
      found.append(filter)
    }
    return found
  }

  /// Throws where something is said of rows, and there are none.
  func refuse(_ what: String) throws(VAEError) {
    if !filters.isEmpty {
      throw VAEError(.configuration, "--where belongs to rows, and \(what) has none: end --out in .csv.")
    }
  }
}
