import VAECore

extension VAEError.Remedy {
  /// What to type.
  var options: String {
    switch self {
    case .replaceMissingValues: "--missing mean, or zero"
    case .leaveOutColumn(let column):
      "--drop-columns \(column.hasPrefix("#") ? "'\(column)'" : column)"
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
