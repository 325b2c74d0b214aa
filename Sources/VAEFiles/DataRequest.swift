import VAECore

/// Which data somebody wants, by name, and how they are to be read.
public struct DataRequest: Sendable, Equatable {
  /// `fashion-mnist`, `synthetic`, or what ``DataFile/open(_:options:substitutes:)`` opens.
  public var location: String
  /// What names the condition of the data, where one is wanted: `labels` are those beside the data, of `synthetic` the
  /// kinds of shapes; or the file of it, for data in one file, as ``ConditionLocation/open(_:)`` takes it.
  public var condition: String?
  /// The file of the training data's weights, where they have any.
  public var weights: String?
  /// How tables are read.
  public var table = TableOptions()
  /// What stored numbers stand for, where somebody says.
  public var whiteLevel = WhiteLevel.undecided
  /// The means that are to stand for missing values, those of a model's training set, where missing values become means;
  /// the data's own where nil.
  public var substitutes: [Double]?
  /// Whether parts for validation and test are left where they are.
  public var takesTrainingAlone = false
  /// The bytes that data may take which can be read only once; the machine's memory where nil.
  public var memory: Int?

  /// A request for data as they are, with a condition or without one.
  public init(_ location: String, condition: String? = nil) {
    self.location = location
    self.condition = condition
  }
}
