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
        What becomes of missing values: refuse; mean, that of the column in the training set, where the model knows it, and that of \
        the data themselves otherwise; zero; model, they are missing to a model that is trained so; nan, to look at data.
        """, usual: "as in the training of a model, else refuse", isBrief: true),
      Setting(
        "missing_tokens", \.missingTokenList,
        """
        The texts of a table that stand for a missing value, as they are spelled, beside a field with nothing in it; none where there are \
        no others.
        """, placeholder: "NA,-999", usual: "NA, N/A, NaN, None, null, ? and such"),
      Setting(
        "separator", \.separator, "What separates a table's values: comma, tab, semicolon, pipe, space.",
        usual: "what the first rows show"),
      Setting(
        "decimal", \.decimal, "What stands before the fraction of a table's numbers: detect, point, comma.",
        isBrief: true),
      Setting(
        "schema", \.schemaChoice,
        """
        What the columns of a table are: detect, which finds it out where the first rows have texts; find, which does so in any \
        case; none, where all are numbers; or the file of a schema (vae data inspect --schema-out).
        """, placeholder: "detect, find, none or file", isBrief: true),
      Setting(
        "categories", \.categoryList, "Columns of a table that hold categories, by names or numbers.",
        placeholder: "a,b,…"),
      Setting("numbers", \.numberList, "Columns of a table that hold numbers.", placeholder: "a,b,…"),
      Setting("integers", \.integerList, "Columns of a table that hold whole numbers.", placeholder: "a,b,…"),
      Setting(
        "dates", \.dateList, "Columns of a table that hold dates, with a format where that is unclear.",
        placeholder: "a,b=DD/MM/YYYY,…"),
      Setting(
        "ids", \.identifierList, "Columns of a table that name its rows, and are left out.", placeholder: "a,b,…"),
      Setting(
        "max_categories", \.maxCategories,
        """
        The most categories of a column: the rarest of more become one, "other". Where it is not given, a column of more than \
        1000 is refused.
        """, .between(2, 100_000), placeholder: "count"),
      Setting(
        "unknown", \.unknown,
        "What becomes of a category that the training data did not have: refuse, or missing, for --missing to replace.",
        isBrief: true),
    ]
  }

  private var categoryList: String? {
    get { list(.category) }
    set { set(.category, newValue) }
  }

  private var numberList: String? {
    get { list(.number) }
    set { set(.number, newValue) }
  }

  private var integerList: String? {
    get { list(.integer) }
    set { set(.integer, newValue) }
  }

  private var dateList: String? {
    get { list(.date) }
    set { set(.date, newValue) }
  }

  private var identifierList: String? {
    get { list(.identifier) }
    set { set(.identifier, newValue) }
  }

  private func list(_ kind: ColumnKind) -> String? { kinds[kind]?.joined(separator: ",") }

  private mutating func set(_ kind: ColumnKind, _ list: String?) { kinds[kind] = list.map(TableOptions.list) }

  /// The columns to read, separated by commas.
  private var columnList: String? {
    get { columns?.joined(separator: ",") }
    set { columns = newValue.map(TableOptions.list) }
  }

  private var missingTokenList: String? {
    get { missingTokens.map { $0.isEmpty ? "none" : $0.joined(separator: ",") } }
    set { missingTokens = newValue.map { $0 == "none" ? [] : TableOptions.list($0) } }
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
extension TableOptions.UnknownCategory: SettingRepresentable {}

extension TableOptions.SchemaChoice: SettingRepresentable {
  /// A word, or a file's path.
  public static var settingForm: SettingForm { .text }

  /// The word, or the path.
  public var settingValue: SettingValue? {
    switch self {
    case .detect: .text("detect")
    case .find: .text("find")
    case .none: .text("none")
    case .file(let path): .text(path)
    }
  }

  /// From a word, or a path.
  public init?(settingValue: SettingValue) {
    guard case .text(let text) = settingValue else { return nil }
    switch text {
    case "": return nil
    case "detect": self = .detect
    case "find": self = .find
    case "none": self = .none
    default: self = .file(text)
    }
  }
}

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
