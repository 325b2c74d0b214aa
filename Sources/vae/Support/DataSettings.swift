import ArgumentParser
import Foundation
import VAECore
import VAEFiles

/// How tables are read.
struct TableOptionGroup: ParsableArguments {
  @Option(help: "Whether a table's first row names its columns: detect, yes, no. (default: detect)")
  var header: TableOptions.Header?
  @Option(
    help: ArgumentHelp(
      "The columns of a table to read, by names or numbers, #3 where 3 is also a name, in this order. (default: all)",
      valueName: "a,b,…"))
  var columnsUsed: String?
  @Option(help: ArgumentHelp("Columns of a table to leave out, by names or numbers, as above.", valueName: "a,b,…"))
  var dropColumns: String?
  @Option(
    help: """
      What becomes of missing values: refuse, mean, zero, nan. The mean of a column is the training set's, where the \
      model knows it, and that of the data themselves otherwise. (default: as in the training of a model, else refuse)
      """)
  var missing: TableOptions.MissingValues?

  @Option(
    help: "What separates a table's values: comma, tab, semicolon, pipe, space. (default: what the first rows show)")
  var separator: TableOptions.Separator?
  @Option(
    help: "What stands before the fraction of a table's numbers: detect, point, comma. (default: detect)")
  var decimal: TableOptions.Decimal?

  /// What is given, beside what else holds.
  func applied(to options: TableOptions = TableOptions()) -> TableOptions {
    var options = options
    if let header { options.header = header }
    if let columnsUsed { options.columns = commaSeparated(columnsUsed) }
    if let dropColumns { options.droppedColumns = commaSeparated(dropColumns) }
    if let missing { options.missing = missing }
    if let separator { options.separator = separator }
    if let decimal { options.decimal = decimal }
    return options
  }

  func override(_ settings: inout Settings) {
    settings.override(.data(.header), with: header.map { .text($0.rawValue) })
    settings.override(.data(.columnsUsed), with: columnsUsed.map { .text($0) })
    settings.override(.data(.dropColumns), with: dropColumns.map { .text($0) })
    settings.override(.data(.missing), with: missing.map { .text($0.rawValue) })
    settings.override(.data(.separator), with: separator.map { .text($0.rawValue) })
    settings.override(.data(.decimal), with: decimal.map { .text($0.rawValue) })
  }
}

/// What stored numbers stand for.
struct WhiteLevelOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The stored value of white, of data that are grey levels, as 255: models see value/white. none where numbers are \
      what they are. (default: what they were in training; there 255 of images of bytes with more than 0 and 1 in them, \
      else none)
      """, valueName: "number"))
  var whiteLevel: WhiteLevel?

  var level: WhiteLevel { whiteLevel ?? .undecided }
}

extension WhiteLevel: ExpressibleByArgument {
  public init?(argument: String) {
    if argument == "none" {
      self = .none
    } else {
      guard let white = Int(argument), white > 0 else { return nil }
      self = .value(white)
    }
  }
}

extension TableOptions.Header: ExpressibleByArgument {}
extension TableOptions.MissingValues: ExpressibleByArgument {}
extension TableOptions.Separator: ExpressibleByArgument {}
extension TableOptions.Decimal: ExpressibleByArgument {}

private func commaSeparated(_ text: String) -> [String] {
  text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
}

extension Settings {
  /// The data of a run; nil where the settings name none.
  func dataRequest() throws -> DataRequest? {
    func text(_ key: DataKey) throws -> String? {
      guard let value = self[.data(key)] else { return nil }
      guard case .text(let text) = value else {
        throw VAEError(.configuration, "The setting \"\(key.rawValue)\" must be a text.")
      }
      return text
    }
    func choice<T: RawRepresentable<String> & CaseIterable>(_ key: DataKey, _ type: T.Type) throws -> T? {
      guard let text = try text(key) else { return nil }
      guard let value = T(rawValue: text) else {
        let choices = T.allCases.map(\.rawValue).joined(separator: ", ")
        throw VAEError(.configuration, "The setting \"\(key.rawValue)\" cannot be \"\(text)\": choose \(choices).")
      }
      return value
    }
    guard let location = try text(.data) else { return nil }
    var request = DataRequest(location)
    request.condition = try text(.condition)
    request.weights = try text(.weights)
    request.table.header = try choice(.header, TableOptions.Header.self) ?? .detect
    request.table.columns = try text(.columnsUsed).map(commaSeparated)
    request.table.droppedColumns = try text(.dropColumns).map(commaSeparated) ?? []
    request.table.missing = try choice(.missing, TableOptions.MissingValues.self) ?? .refuse
    request.table.separator = try choice(.separator, TableOptions.Separator.self)
    request.table.decimal = try choice(.decimal, TableOptions.Decimal.self) ?? .detect
    if let white = self[.data(.whiteLevel)] {
      guard let level = WhiteLevel(setting: white) else {
        throw VAEError(
          .configuration, "The setting \"white_level\" must be the stored value of white, as 255, or \"none\".")
      }
      request.whiteLevel = level
    }
    return request
  }

  /// The data of a run; throws where the settings name none.
  func requireDataRequest() throws -> DataRequest {
    guard let request = try dataRequest() else {
      throw ValidationError("Say what to train on: --data fashion-mnist, --data synthetic, a file or a folder.")
    }
    return request
  }

  /// How tables are read by the run that a model lies in, where its settings are there.
  static func table(ofModelAt path: String) throws -> TableOptions {
    guard let file = RunFolder.configuration(ofModelAt: path) else { return TableOptions() }
    return try Settings(contentsOf: file).dataRequest()?.table ?? TableOptions()
  }
}

extension WhiteLevel {
  /// As a setting; nil where nothing is said.
  var setting: Settings.Value? {
    switch self {
    case .undecided: nil
    case .none: .text("none")
    case .value(let white): .integer(white)
    }
  }

  fileprivate init?(setting: Settings.Value) {
    switch setting {
    case .integer(let white) where white > 0: self = .value(white)
    case .text("none"): self = .none
    default: return nil
    }
  }
}

extension DataRequest: Encodable {
  /// As settings.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Settings.DataKey.self)
    func set(_ key: Settings.DataKey, _ value: String?) throws { try values.encodeIfPresent(value, forKey: key) }
    try set(.data, location)
    try set(.condition, condition)
    try set(.weights, weights)
    try set(.header, table.header == .detect ? nil : table.header.rawValue)
    try set(.columnsUsed, table.columns?.joined(separator: ","))
    try set(.dropColumns, table.droppedColumns.isEmpty ? nil : table.droppedColumns.joined(separator: ","))
    try set(.missing, table.missing == .refuse ? nil : table.missing.rawValue)
    try set(.separator, table.separator?.rawValue)
    try set(.decimal, table.decimal == .detect ? nil : table.decimal.rawValue)
    try values.encodeIfPresent(whiteLevel.setting, forKey: .whiteLevel)
  }
}
