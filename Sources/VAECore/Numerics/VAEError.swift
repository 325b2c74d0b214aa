import Foundation

/// What can go wrong at run time: files, arguments, data and numerics. (Wrong shapes are programmer errors and trap.)
public struct VAEError: LocalizedError, Equatable, Sendable, CustomStringConvertible {
  /// Where the error lies.
  public enum Kind: Sendable, CaseIterable {
    /// A setting that makes no sense, or that contradicts another.
    case configuration
    /// A file that cannot be read or written, or does not hold what it should.
    case file
    /// Data that the model cannot take.
    case data
    /// A file of a newer version of this library.
    case version
    /// A loss, a gradient or a parameter that is no longer finite.
    case numerics
    /// Another process that computes along does not take part any more, or is another's.
    case communication
  }

  /// What a caller can do about an error, which a program puts in its own words: an option, a button.
  public enum Remedy: Sendable, Equatable {
    /// Leave out a column of a table, by its name or number, or say that it holds categories;
    /// ``TableOptions/kinds``.
    case takeForCategories(String)
    /// Say in which of some formats a column's dates are, ``TableOptions/kinds``.
    case sayDateFormat(String, [String])
    /// Say that a column holds identifiers, or how many categories there may be, ``TableOptions/maxCategories``.
    case limitCategories(String)
    /// Take a category that a schema does not have for a missing value, ``TableOptions/unknown``.
    case takeUnknownForMissing
    /// Have the schema of a table found, ``TableOptions/schemaChoice``.
    case findSchema
    /// Give the schema of a table, ``TableOptions/schema``.
    case giveSchema
    /// Choose a likelihood for what columns hold.
    case chooseLikelihood
    /// Have missing values replaced, ``TableOptions/missing``.
    case replaceMissingValues
    /// Train on data with their missing values, ``Gaps``.
    case trainOnGaps
    /// Leave out a column of a table, by its name or its number from 1; ``TableOptions/droppedColumns``.
    case leaveOutColumn(String)
    /// Say whether a table has a row of names, ``TableOptions/header``.
    case sayHeader
    /// Say what separates a table's values, ``TableOptions/separator-swift.property``.
    case saySeparator
    /// Say which mark stands before the fractions of a table's numbers, ``TableOptions/decimal-swift.property``.
    case sayDecimal
    /// Say what stored numbers stand for, ``WhiteLevel``.
    case sayWhiteLevel
    /// Standardise the data, ``TrainingConfiguration/standardizes``.
    case standardize
    /// Give the data a condition.
    case condition
    /// Give the validation data a condition of their own.
    case validationCondition
    /// Name the columns that are to be read, ``TableOptions/columns``.
    case chooseColumns
    /// Write the data into a file that can be read from any position, in NPY's format.
    case convert
    /// Take the means of what a model makes up, ``Observation/mean``.
    case takeMean
  }

  /// Where the error lies.
  public let kind: Kind
  /// What a caller can do about it, where there is something.
  public let remedy: Remedy?
  /// What is wrong, where, and what to do about it: whole sentences for a person, in at most 2000 bytes.
  public let description: String

  /// The same, where Foundation asks for it.
  public var errorDescription: String? { description }

  /// An error of a kind, with what is wrong, where, and what to do about it. A name, a number or a list out of a hostile
  /// file must not fill the screen: of a longer text, the middle is left out.
  public init(_ kind: Kind, _ description: String, remedy: Remedy? = nil) {
    self.kind = kind
    self.remedy = remedy
    let bytes = description.utf8
    self.description =
      bytes.count <= 2000
      ? description
      : String(decoding: bytes.prefix(1000), as: UTF8.self) + " … " + String(decoding: bytes.suffix(900), as: UTF8.self)
  }
}
