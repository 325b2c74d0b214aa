/// How a table of separated values is read, and what becomes of missing values.
public struct TableOptions: Sendable, Equatable {
  /// Whether the first row names the columns.
  public enum Header: String, Sendable, CaseIterable {
    /// It does unless all of it is numbers or missing.
    case detect
    /// It does.
    case yes
    /// It is a datum.
    case no
  }

  /// What becomes of missing values: in a table empty fields, NA, N/A, NaN, null and ?, in capitals or small letters;
  /// elsewhere NaN.
  public enum MissingValues: String, Sendable, CaseIterable {
    /// They are an error, in a table with the place of the first.
    case refuse
    /// They become the mean of the column's other values, from a pass over the data before the one that reads them.
    case mean
    /// They become 0.
    case zero
    /// They become NaN, which no model takes: to look at data.
    case nan
  }

  /// Whether the first row names the columns.
  public var header = Header.detect
  /// The columns to read, in this order, by their names or, from 1 on, by their numbers; all where nil.
  public var columns: [String]?
  /// The columns to leave out, by their names or numbers.
  public var droppedColumns: [String] = []
  /// The names of the columns that a model takes, in its order, where the table has names and ``columns`` are not given.
  public var matching: [String]?
  /// What becomes of missing values.
  public var missing = MissingValues.refuse
  /// Whether data that are no table may be read without them; else they are refused where they are not the default.
  public var isOptional = false
  /// What separates values; nil for whichever of comma, tab and semicolon the first line has most of.
  public var separator: Separator?

  /// What stands between two values.
  public enum Separator: String, Sendable, CaseIterable {
    /// ,
    case comma
    /// The tabulator.
    case tab
    /// ;
    case semicolon

    var byte: UInt8 {
      switch self {
      case .comma: UInt8(ascii: ",")
      case .tab: UInt8(ascii: "\t")
      case .semicolon: UInt8(ascii: ";")
      }
    }
  }

  /// All columns, none of whose values are missing.
  public init() {}
}
