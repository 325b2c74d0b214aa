extension TableOptions: Configurable {
  /// The defaults.
  public static var usual: TableOptions { TableOptions() }

  /// By the names that they have in config.json.
  public static var settings: [Setting<TableOptions>] {
    [
      Setting("header", \.header, "Whether a table's first row names its columns: detect, yes, no.", isBrief: true),
      Setting(
        "columns_used", \.columnList,
        "The columns of a table to read, by names or numbers, #3 where 3 is also a name, in this order.",
        placeholder: "a,b,…", usual: "all"),
      Setting(
        "drop_columns", \.droppedList, "Columns of a table to leave out, by names or numbers, as above.",
        placeholder: "a,b,…"),
      Setting(
        "missing", \.missing,
        """
        What becomes of missing values: refuse, mean, zero, nan. The mean of a column is the training set's, where the \
        model knows it, and that of the data themselves otherwise.
        """, usual: "as in the training of a model, else refuse", isBrief: true),
      Setting(
        "separator", \.separator, "What separates a table's values: comma, tab, semicolon, pipe, space.",
        usual: "what the first rows show"),
      Setting(
        "decimal", \.decimal, "What stands before the fraction of a table's numbers: detect, point, comma.",
        isBrief: true),
    ]
  }

  /// The columns to read, separated by commas.
  private var columnList: String? {
    get { columns?.joined(separator: ",") }
    set { columns = newValue.map(TableOptions.list) }
  }

  private var droppedList: String? {
    get { droppedColumns.isEmpty ? nil : droppedColumns.joined(separator: ",") }
    set { droppedColumns = newValue.map(TableOptions.list) ?? [] }
  }

  private static func list(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
}

extension TableOptions.Header: SettingRepresentable {}
extension TableOptions.MissingValues: SettingRepresentable {}
extension TableOptions.Separator: SettingRepresentable {}
extension TableOptions.Decimal: SettingRepresentable {}

extension WhiteLevel: SettingRepresentable {
  /// A whole number from 1 on, or "none".
  public static var settingForm: SettingForm { .integerFrom(1, or: ["none"]) }

  /// The level of white, or "none"; nothing where nobody has said.
  public var settingValue: SettingValue? {
    switch self {
    case .undecided: nil
    case .none: .text("none")
    case .value(let white): .integer(white)
    }
  }

  /// From a positive whole number, or "none".
  public init?(settingValue: SettingValue) {
    if settingValue == .text("none") {
      self = .none
    } else {
      guard let white = Double(settingValue: settingValue).flatMap({ Int(exactly: $0) }), white > 0 else { return nil }
      self = .value(white)
    }
  }
}
