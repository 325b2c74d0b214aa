import ArgumentParser
import CommandSupport
import VAECore
import VAEFiles

/// Which condition the data have that a model makes up.
struct SampleCondition: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "The label of what is made up, in a model of labels. (default: of images a row for each)")
  var label: Int?

  @Option(
    help: ArgumentHelp(
      "The condition of each datum: an IDX file of labels (plain or .gz), or an NPY matrix of numbers.",
      valueName: "file"))
  var condition: String?

  func validate() throws {
    if label != nil && condition != nil { throw ValidationError("Give --label or --condition, not both.") }
  }

  /// What to decode: so many latent variables, and how.
  struct Plan {
    enum Condition {
      case none
      case each(Matrix<Float>)
      case everyLabel
    }

    let latentCount: Int
    let condition: Condition
  }

  /// The images that a picture can hold.
  private static let mostImages = 10_000

  /// What to draw of the model at a path; `count` is what is asked for, if anything. Where latent variables cannot repeat
  /// in each row, every image needs a condition.
  func plan(
    for model: VariationalAutoencoder<Float>, at path: String, count: Int?, columns: Int, canRepeat: Bool
  ) throws -> Plan {
    let size = model.configuration.conditionSize
    guard size > 0 else {
      try refuse(path)
      return Plan(latentCount: count ?? 64, condition: .none)
    }
    if let typed = try typed(for: model, at: path, count: count, most: Self.mostImages) {
      return Plan(latentCount: typed.count, condition: .each(typed.rows(0..<typed.count)))
    }
    // Refuses where it was not trained with labels.
    _ = try model.configuration.condition(given: nil, at: path)
    guard canRepeat, count == nil, size * columns <= Self.mostImages else {
      throw VAEError(
        .configuration,
        "Without a label there is a row of --columns images for each of \(size) labels: give --label"
          + "\(canRepeat && count != nil ? ", or leave --count out" : ""). (\(path))")
    }
    return Plan(latentCount: columns, condition: .everyLabel)
  }

  /// The conditions of rows that the model at a path makes up; `count` is how many are asked for, if it is said.
  func conditions(
    for model: VariationalAutoencoder<Float>, at path: String, count: Int?, filters: [RowFilter], seed: UInt64
  ) throws -> RowConditions {
    guard model.configuration.conditionSize > 0 else {
      try refuse(path)
      return .none
    }
    if let table = model.schema?.conditions {
      return .drawn(try draws(table, path, filters, seed: seed))
    }
    if let typed = try typed(for: model, at: path, count: count, most: .max) { return .each(typed) }
    // Refuses where it was not trained with labels.
    _ = try model.configuration.condition(given: nil, at: path)
    throw VAEError(.configuration, "The model takes a label of each row: give --label. (\(path))")
  }

  /// Conditions as often as training data have them, of columns that stand at some places of the table.
  private func draws(
    _ table: ConditionTable, _ path: String, _ filters: [RowFilter], seed: UInt64
  ) throws -> ConditionTable.Draws {
    guard label == nil && condition == nil else {
      throw VAEError(
        .configuration,
        "The model's condition is in columns of the table, \(CellPlace.list(table.columns.names)): say with --where what they are to "
          + "be. (\(path))")
    }
    var given: [Int: ClosedRange<Double>] = [:]
    for filter in filters {
      if let place = table.columns.places.firstIndex(of: filter.column) { given[place] = filter.range }
    }
    let draws = try table.draws(given: given, seed: seed)
    if !draws.isKnown {
      Terminal.note(
        "No row of the training data has all of this: the condition's other columns are drawn from all rows.")
    }
    return draws
  }

  /// The condition that is typed, of as many data as are asked for; nil where none is.
  private func typed(
    for model: VariationalAutoencoder<Float>, at path: String, count: Int?, most: Int
  ) throws -> Condition? {
    if let label {
      let classes = model.conditionClasses ?? Array(0..<model.configuration.conditionSize)
      guard classes.contains(label) else {
        throw VAEError(.data, "There is no label \(label): the model's are \(ClassList(classes)). (\(path))")
      }
      return Condition(name: path, labels: Array(repeating: label, count: count ?? 64), classes: classes)
    }
    guard let condition else { return nil }
    let read = try model.matching(ConditionLocation.open(condition))
    guard read.count == count ?? read.count else {
      throw VAEError(.data, "\(condition) has the condition of \(read.count) data, not of \(count!).")
    }
    guard (1...most).contains(read.count) else {
      throw VAEError(.data, "\(condition) must have the condition of 1 to \(most) images; it has \(read.count).")
    }
    return read
  }

  /// Throws where a condition is typed, and the model takes none.
  private func refuse(_ path: String) throws(VAEError) {
    if label != nil || condition != nil {
      throw VAEError(
        .configuration,
        "The model takes no condition: leave \(label == nil ? "--condition" : "--label") out. (\(path))")
    }
  }
}
