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
      "The columns of a table to read, by names or numbers, in this order. (default: all)", valueName: "a,b,…"))
  var columnsUsed: String?
  @Option(help: ArgumentHelp("Columns of a table to leave out, by names or numbers.", valueName: "a,b,…"))
  var dropColumns: String?
  @Option(
    help: """
      What becomes of a table's missing values: refuse, mean, zero, nan. The mean of a column is the training set's, for a \
      model that was trained with it, and that of the data themselves otherwise. (default: refuse)
      """)
  var missing: TableOptions.MissingValues?

  /// What is given, beside what else holds.
  func applied(to options: TableOptions = TableOptions()) -> TableOptions {
    var options = options
    if let header { options.header = header }
    if let columnsUsed { options.columns = commaSeparated(columnsUsed) }
    if let dropColumns { options.droppedColumns = commaSeparated(dropColumns) }
    if let missing { options.missing = missing }
    return options
  }

  func override(_ settings: inout Settings) {
    settings.override("header", with: header.map { .text($0.rawValue) })
    settings.override("columns_used", with: columnsUsed.map { .text($0) })
    settings.override("drop_columns", with: dropColumns.map { .text($0) })
    settings.override("missing", with: missing.map { .text($0.rawValue) })
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

private func commaSeparated(_ text: String) -> [String] {
  text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
}

extension Settings {
  /// The settings that say which data a run has, and how they are read.
  static let dataNames = [
    dataKey, conditionKey, "weights", "header", "columns_used", "drop_columns", "missing", "white_level",
  ]

  /// The data of a run; nil where the settings name none.
  func dataRequest() throws -> DataRequest? {
    func text(_ name: String) throws -> String? {
      guard let value = self[name] else { return nil }
      guard case .text(let text) = value else {
        throw VAEError(.configuration, "The setting \"\(name)\" must be a text.")
      }
      return text
    }
    func choice<T: RawRepresentable<String> & CaseIterable>(_ name: String, _ type: T.Type) throws -> T? {
      guard let text = try text(name) else { return nil }
      guard let value = T(rawValue: text) else {
        let choices = T.allCases.map(\.rawValue).joined(separator: ", ")
        throw VAEError(.configuration, "The setting \"\(name)\" cannot be \"\(text)\": choose \(choices).")
      }
      return value
    }
    guard let location = try text(Self.dataKey) else { return nil }
    var request = DataRequest(location)
    request.condition = try text(Self.conditionKey)
    request.weights = try text("weights")
    request.table.header = try choice("header", TableOptions.Header.self) ?? .detect
    request.table.columns = try text("columns_used").map(commaSeparated)
    request.table.droppedColumns = try text("drop_columns").map(commaSeparated) ?? []
    request.table.missing = try choice("missing", TableOptions.MissingValues.self) ?? .refuse
    if let white = self["white_level"] {
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
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// As settings.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    func set(_ name: String, _ value: String?) throws {
      try values.encodeIfPresent(value, forKey: Key(stringValue: name)!)
    }
    try set(Settings.dataKey, location)
    try set(Settings.conditionKey, condition)
    try set("weights", weights)
    try set("header", table.header == .detect ? nil : table.header.rawValue)
    try set("columns_used", table.columns?.joined(separator: ","))
    try set("drop_columns", table.droppedColumns.isEmpty ? nil : table.droppedColumns.joined(separator: ","))
    try set("missing", table.missing == .refuse ? nil : table.missing.rawValue)
    try values.encodeIfPresent(whiteLevel.setting, forKey: Key(stringValue: "white_level")!)
  }
}
