import VAECore

extension VAEError.Remedy {
  /// What to type.
  var options: String {
    func quoted(_ column: String) -> String { column.hasPrefix("#") ? "'\(column)'" : column }
    return switch self {
    case .takeForCategories(let column): "--drop-columns \(quoted(column)), or --categories \(quoted(column))"
    case .sayDateFormat(let column, let formats):
      formats.map { "--dates '\(column)=\($0)'" }.joined(separator: ", or ")
    case .limitCategories(let column): "--ids \(quoted(column)), or --max-categories 100"
    case .takeUnknownForMissing: "--unknown missing"
    case .findSchema: "--schema find"
    case .giveSchema: "--schema FILE.json, as vae data inspect --schema-out writes it"
    case .chooseLikelihood: "--likelihood, or --columns"
    case .replaceMissingValues: "--missing model, mean, or zero"
    case .trainOnGaps: "vae train --missing model"
    case .leaveOutColumn(let column):
      "--drop-columns \(quoted(column))"
    case .sayHeader: "--header yes, or no"
    case .saySeparator: "--separator comma, or space"
    case .sayDecimal: "--decimal point, or comma"
    case .sayWhiteLevel: "--white-level 255, another level, or none"
    case .standardize: "--standardize"
    case .condition: "--condition FILE"
    case .validationCondition: "--validation-condition FILE"
    case .chooseColumns: "--columns-used a,b,…"
    case .convert: "vae data convert"
    case .takeMean: "--mean"
    }
  }
}

extension VAEError {
  /// The error with what to type about it, in parentheses at the end of its last sentence.
  var text: String {
    guard let remedy else { return description }
    let isSentence = description.hasSuffix(".")
    return (isSentence ? String(description.dropLast()) : description) + " (\(remedy.options))"
      + (isSentence ? "." : "")
  }
}
