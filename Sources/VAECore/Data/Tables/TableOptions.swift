/// How a table of separated values is read, and what becomes of missing values.
public struct TableOptions: Sendable, Equatable {
  /// Whether the first row names the columns.
  public enum Header: String, Sendable, CaseIterable {
    /// As it looks beside the rows below: it does where a column's name stands over numbers, or all of it are whole numbers
    /// that count or rise over numbers with fractions. A row of which it cannot be told is an error.
    case detect
    /// It does.
    case yes
    /// It is a datum.
    case no
  }

  /// What becomes of missing values: in a table empty fields, what pandas takes for missing (NA, N/A, NaN, None, null, …), in
  /// capitals or small letters, "?" and "."; elsewhere NaN. An infinity is no missing value.
  public enum MissingValues: String, Sendable, CaseIterable {
    /// They are an error, in a table with the place of the first.
    case refuse
    /// They become the mean of the column's other values, from a pass over the data before the one that reads them.
    case mean
    /// They become 0.
    case zero
    /// They become NaN, which few models take: to look at data.
    case nan
    /// They become NaN, and the model that is trained on them takes them for what they are: ``Gaps``.
    case model

    /// Whether a model takes what is missing for what it is.
    public var isForModel: Bool {
      switch self {
      case .model: true
      case .refuse, .mean, .zero, .nan: false
      }
    }
  }

  /// Whether the first row names the columns.
  public var header = Header.detect
  /// The columns to read, in this order, by their names or, from 1 on, by their numbers; all where nil. "#3" is a number
  /// even where 3 is the name of another column; "3" is an error there.
  public var columns: [String]?
  /// The columns to leave out, by their names or numbers; one that is not there is no error
  /// (``TableReading/absentColumns``).
  public var droppedColumns: [String] = []
  /// The names of the columns that somebody's model takes, in its order. Where a table has a header, these and
  /// not ``columns`` are the columns that are read, whatever their order in the table and whatever else it has
  /// (``TableReading/unusedColumns``), and one that is not there is an error. Where a name occurs twice, here or in the
  /// table, the table's columns must be these, in this order. It says nothing of a table without a header.
  public var matching: [String]?
  /// What becomes of missing values.
  public var missing = MissingValues.refuse
  /// The texts that stand for a missing value, as they are spelled, beside a field with nothing in it; where nil, those that pandas takes for
  /// missing, "?" and ".".
  public var missingTokens: [String]?
  /// The schema by which values are read; where nil, all are numbers, or True and False. Its columns are read, by their
  /// names where a row names the table's, but for those that other options leave out.
  public var schema: TableSchema?
  /// What stands for a missing value.
  var missingWords: MissingWords { MissingWords(missingTokens) }

  /// What finds the schema where none is given and whatever opens files asks for one.
  public var schemaChoice = SchemaChoice.detect
  /// What is said of columns where a schema is found: those of a kind, by names or numbers; of dates with their format
  /// behind a sign, as "when=DD/MM/YYYY".
  public var kinds: [ColumnKind: [String]] = [:]
  /// The most categories that a column has, the rarest of more being one, ``TableColumn/otherText``. Where nil, a column of
  /// more than 1000 is refused.
  public var maxCategories: Int?
  /// What becomes of a category that the schema does not have.
  public var unknown = UnknownCategory.refuse
  /// Whether data that are no table may be read without them; else they are refused where they are not the default.
  public var isOptional = false
  /// What separates values; nil for whichever gives the first rows as many values each, and most of them numbers.
  public var separator: Separator?
  /// What stands between the whole and the fraction of a number.
  public var decimal = Decimal.detect

  /// Where the schema of a table comes from.
  public enum SchemaChoice: Sendable, Hashable {
    /// It is found where the first rows have texts that are no numbers, or ``TableOptions/kinds`` says something of columns.
    case detect
    /// It is found in any case.
    case find
    /// There is none: all are numbers, or True and False.
    case none
    /// It is read from a file of JSON.
    case file(String)
  }

  /// What becomes of a category that a schema does not have.
  public enum UnknownCategory: String, Sendable, CaseIterable {
    /// It is an error, with its place.
    case refuse
    /// It is a missing value.
    case missing
  }

  /// What stands between two values.
  public enum Separator: String, Sendable, Codable, CaseIterable {
    /// ,
    case comma
    /// The tabulator.
    case tab
    /// ;
    case semicolon
    /// |
    case pipe
    /// Any number of spaces and tabulators.
    case space

    /// For people, in the plural.
    var title: String {
      switch self {
      case .comma: "commas"
      case .tab: "tabulators"
      case .semicolon: "semicolons"
      case .pipe: "vertical bars"
      case .space: "spaces"
      }
    }
  }

  /// What stands between the whole and the fraction of a number.
  public enum Decimal: String, Sendable, CaseIterable {
    /// The comma where no comma separates values and the first rows' numbers have commas and no points; else the point.
    case detect
    /// The point.
    case point
    /// The comma, which then separates no values.
    case comma
  }

  /// All columns, none of whose values are missing.
  public init() {}
}

extension TableOptions {
  /// The same with the columns that the schema has.
  var readingBySchema: TableOptions {
    guard let schema else { return self }
    var options = self
    // A table without names has identifiers at the same places.
    if schema.names == nil { options.droppedColumns += schema.identifiers.filter { $0.hasPrefix("#") } }
    if missingTokens == nil { options.missingTokens = schema.missingTokens }
    if columns == nil, matching == nil, let names = schema.names {
      let dropped = Set(droppedColumns)
      options.matching = names.filter { !dropped.contains($0) }
    }
    return options
  }
}
