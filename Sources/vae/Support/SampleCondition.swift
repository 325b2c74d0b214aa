import ArgumentParser
import VAECore
import VAEFiles

/// Which condition the images have that a model makes up.
struct SampleCondition: ParsableArguments {
  @Option(parsing: .unconditional, help: "The label of the images, in a model of labels. (default: a row for each)")
  var label: Int?

  @Option(
    help: ArgumentHelp(
      "The condition of each image: an IDX file of labels (plain or .gz), or an NPY matrix of numbers.",
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

  /// What to draw of the model at a path; `count` is what is asked for, if anything. Where latent variables cannot repeat
  /// in each row, every image needs a condition.
  func plan(
    for model: VariationalAutoencoder<Float>, at path: String, count: Int?, columns: Int, canRepeat: Bool
  ) throws -> Plan {
    let size = model.configuration.conditionSize
    guard size > 0 else {
      if label != nil || condition != nil {
        throw VAEError(
          .configuration,
          "The model takes no condition: leave \(label == nil ? "--condition" : "--label") out. (\(path))")
      }
      return Plan(latentCount: count ?? 64, condition: .none)
    }
    if let label {
      let classes = model.conditionClasses ?? Array(0..<size)
      guard classes.contains(label) else {
        throw VAEError(.data, "There is no label \(label): the model's are \(ClassList(classes)). (\(path))")
      }
      let count = count ?? 64
      let condition = Condition(name: path, labels: Array(repeating: label, count: count), classes: classes)
      return Plan(latentCount: count, condition: .each(condition.rows(0..<count)))
    }
    if let condition {
      let read = try model.matching(ConditionLocation.open(condition))
      guard read.count == count ?? read.count else {
        throw VAEError(.data, "\(condition) has the condition of \(read.count) images, not of \(count!).")
      }
      guard (1...10_000).contains(read.count) else {
        throw VAEError(.data, "\(condition) must have the condition of 1 to 10000 images; it has \(read.count).")
      }
      return Plan(latentCount: read.count, condition: .each(read.rows(0..<read.count)))
    }
    // Refuses where it was not trained with labels.
    _ = try model.configuration.condition(given: nil, at: path)
    guard canRepeat, count == nil, size * columns <= 10_000 else {
      throw VAEError(
        .configuration,
        "Without a label there is a row of --columns images for each of \(size) labels: give --label"
          + "\(canRepeat && count != nil ? ", or leave --count out" : ""). (\(path))")
    }
    return Plan(latentCount: columns, condition: .everyLabel)
  }
}
