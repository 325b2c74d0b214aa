import VAECore

extension Settings {
  /// A setting's name, as one of the parts of a configuration has it: what none has does not compile.
  enum Key {
    case data(DataKey)
    case model(ModelConfiguration.CodingKeys)
    case training(TrainingConfiguration.CodingKeys)
    case run(RunPolicy.CodingKeys)

    /// The name in a file.
    var name: String {
      switch self {
      case .data(let key): key.rawValue
      case .model(let key): key.rawValue
      case .training(let key): key.rawValue
      case .run(let key): key.rawValue
      }
    }

    /// All settings.
    static var all: [Key] {
      DataKey.allCases.map(Key.data) + ModelConfiguration.CodingKeys.allCases.map(Key.model)
        + TrainingConfiguration.CodingKeys.allCases.map(Key.training) + RunPolicy.CodingKeys.allCases.map(Key.run)
    }
  }

  /// The settings that say where a run's data lie. They may move: they are known again by what they are.
  static let places: [Key] = [
    .data(.data), .data(.condition), .data(.weights), .run(.validation), .run(.validationCondition),
  ]

  /// The settings that say which data a run has, and how they are read.
  enum DataKey: String, CodingKey, CaseIterable {
    case data, condition, weights, header, separator, decimal
    case columnsUsed = "columns_used"
    case dropColumns = "drop_columns"
    case missing
    case whiteLevel = "white_level"
  }
}
