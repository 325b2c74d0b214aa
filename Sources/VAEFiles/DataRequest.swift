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
  /// Whether a model that is trained on a table sees its numbers by modes: ``/VAECore/DataSource/inModes(seed:)``.
  public var seesModes = false
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

extension DataRequest: Configurable {
  /// A request that names nothing yet.
  public static var usual: DataRequest { DataRequest("") }

  /// By the names that they have in config.json.
  public static var settings: [Setting<DataRequest>] {
    [
      Setting("data", \.location, locationHelp, usual: "", isRequired: true),
      Setting(
        "condition", \.condition,
        "Give a condition to encoder and decoder: \(conditionHelp) none leaves a configuration's out.",
        usual: "none"),
      Setting(
        "weights", \.weights,
        "Weights of the training data: a file with a number for each; they are scaled to a mean of 1.",
        placeholder: "file"),
      Setting(
        "white_level", \.whiteLevel,
        """
        The stored value of white, of data that are grey levels, as 255: models see value/white. none where numbers are \
        what they are.
        """, placeholder: "number",
        usual: "what they were in training; there 255 of images of bytes with more than 0 and 1 in them, else none"),
      Setting(
        "modes", \.seesModes,
        """
        Give the numbers of a table by the modes of their columns, as TVAE sees them: which component of a mixture a number is \
        in, and where in it.
        """),
    ] + TableOptions.settings.map { $0.lifted(to: \.table) }
  }

  /// What names data, for a person.
  package static let locationHelp = """
    fashion-mnist, synthetic, a file (IDX, NPY, NPZ, safetensors, CSV or TSV; x.npz:name for one of its arrays), several \
    separated by commas, or a folder: of files, or of a training and a test part.
    """

  /// What names a condition, for a person.
  package static let conditionHelp = """
    labels (those beside the data, as train-labels… beside train-images… or y_train.npy beside X_train.npy), columns of a table \
    by their names, as sex,income, or for data in one file a file with a row for each datum: one whole number is its label, more are numbers; numbers:FILE where one whole \
    number is no label.
    """
}
