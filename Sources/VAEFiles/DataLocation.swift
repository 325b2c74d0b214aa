import Foundation
import VAECore

/// Finds and reads data by what a person names them.
public enum DataLocation {
  /// Reads `fashion-mnist`, `synthetic`, whatever ``DataFile/open(_:options:substitutes:)`` does, or a folder whose names
  /// tell a training part from a test and perhaps a validation part, each a file of data or a folder of them.
  ///
  /// What stored numbers stand for remains undecided, where the request does not say: a model's ``/VAECore/DataSchema``
  /// knows.
  ///
  /// - Throws: where nothing is there or a file does not hold what it should; says what to give instead.
  public static func open(_ request: DataRequest) throws(VAEError) -> DataSplit {
    var sets = try openPair(request)
    if request.whiteLevel != .undecided {
      sets = try sets.mapParts { _, data throws(VAEError) in data.with(request.whiteLevel) }
    }
    guard let weights = request.weights else { return sets }
    let values = try DataFile.open(weights, options: .numbers, allowingVectors: true).data.source().inMemory().with(
      .none)
    guard values.dataSize == 1 else {
      throw VAEError(
        .data, "\(weights) must hold one number for each datum; it has \(values.dataSize) values for each.")
    }
    let numbers = values.rows(0..<values.count, as: Float.self).elements
    return try sets.mapParts { part, data throws(VAEError) in
      part == "train" ? try data.weighted(by: numbers, from: weights) : data
    }
  }

  /// Reads data as they are, from where a person says.
  public static func open(_ location: String) throws(VAEError) -> DataSplit { try open(DataRequest(location)) }

  /// What a person may name.
  private enum Place {
    case synthetic, fashionMNIST, standardInput, folder, files

    init(_ location: String) {
      switch location {
      case "synthetic": self = .synthetic
      case "fashion-mnist": self = .fashionMNIST
      case "-": self = .standardInput
      default: self = DataFile.isFolder(location) == true ? .folder : .files
      }
    }
  }

  private static func openPair(_ request: DataRequest) throws(VAEError) -> DataSplit {
    switch Place(request.location) {
    case .synthetic:
      try checkIsLabels(request)
      return DataSplit(
        train: Dataset.synthetic(count: 10_000, seed: 0), test: Dataset.synthetic(count: 1_000, seed: 1),
        descriptions: ["train": .init(format: "made up"), "test": .init(format: "made up")])
    case .fashionMNIST:
      guard let folder = fashionMNISTFolders.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
        throw VAEError(
          .file,
          "Fashion-MNIST is not installed (looked in \(fashionMNISTFolders.joined(separator: ", "))): "
            + "apt-get install dataset-fashion-mnist, or use synthetic data.")
      }
      return try openFolder(folder, request)
    case .folder: return try openFolder(request.location, request)
    case .standardInput, .files: return try openWhole(request.location, request)
    }
  }

  /// Data without parts.
  private static func openWhole(_ location: String, _ request: DataRequest) throws(VAEError) -> DataSplit {
    let file = try openOne(location, request)
    return DataSplit(train: file.data, substitutes: file.substitutes, descriptions: ["train": file.description])
  }

  private static let fashionMNISTFolders = ["/usr/share/datasets/fashion-mnist"]

  private struct Opened {
    let description: DataSplit.Description
    let data: any DataSource
    let substitutes: [Double]?
  }

  private static func openOne(
    _ location: String, _ request: DataRequest, isPart: Bool = false
  ) throws(VAEError) -> Opened {
    let file = try DataFile.open(location, options: request.table, substitutes: request.substitutes)
    var data = try file.data.source(limit: request.memory)
    // An array was read by its own schema.
    if file.table == nil, let schema = request.table.schema, data.columns?.schema != nil {
      data = try data.aligned(with: schema, of: "the model's training set")
    }
    let description = DataSplit.Description(format: file.format, table: file.table)
    guard let condition = request.condition else {
      return Opened(description: description, data: data, substitutes: file.substitutes)
    }
    if let columns = ConditionLocation.columns(condition, of: data) {
      let conditioned = try data.conditioned(onColumns: columns)
      let places = Set(conditioned.condition?.columns?.places ?? [])
      let substitutes = file.substitutes.map { $0.enumerated().filter { !places.contains($0.offset) }.map(\.element) }
      return Opened(description: description, data: conditioned, substitutes: substitutes)
    }
    if let names = data.columnNames, condition != ConditionLocation.labels {
      try ConditionLocation.checkIsThere(condition, besideColumns: names, of: data.name)
    }
    if isPart { try checkIsLabels(request) }
    if condition != ConditionLocation.labels { try ConditionLocation.checkParts(condition, of: location, data) }
    let conditioned = try data.conditioned(
      on: condition == ConditionLocation.labels
        ? ConditionLocation.openLabels(beside: location, of: data) : ConditionLocation.open(condition))
    return Opened(description: description, data: conditioned, substitutes: file.substitutes)
  }

  /// Of several parts, a file could only have the condition of one.
  private static func checkIsLabels(_ request: DataRequest) throws(VAEError) {
    if let condition = request.condition, condition != ConditionLocation.labels {
      throw VAEError(
        .configuration,
        "\(condition) cannot be the condition of the training and the test part of \(request.location): give \"labels\", "
          + "or one part's file as the data.")
    }
  }

  /// The files that a location stands for, and the folders all of whose files belong to it: where nobody may write who reads
  /// from it. Whether they are there is another question.
  public static func paths(of location: String) -> [String] {
    switch Place(location) {
    case .synthetic, .standardInput: return []
    case .fashionMNIST: return fashionMNISTFolders
    case .files:
      return location.split(separator: ",").flatMap { part in
        // A name behind a colon is one of a file's arrays.
        let end = part.lastIndex(of: ":") ?? part.endIndex
        return [String(part), String(part[..<end])]
      }
    case .folder:
      guard let parts = try? DataParts(in: location), parts[.train] != nil else { return [location] }
      return DataParts.Part.allCases.flatMap { parts[$0] ?? [] }
        .map { location.path(of: $0) }
    }
  }

  /// Whether a location stands for several parts, one of which is to be trained on.
  public static func hasParts(_ location: String) -> Bool {
    switch Place(location) {
    case .synthetic, .fashionMNIST: true
    case .folder: (try? DataParts(in: location))?[.train] != nil
    case .standardInput, .files: false
    }
  }

  private static func openFolder(_ folder: String, _ request: DataRequest) throws(VAEError) -> DataSplit {
    let parts = try DataParts(in: folder)
    guard parts[.train] != nil else { return try openWhole(folder, request) }
    var request = request
    func open(_ part: DataParts.Part) throws(VAEError) -> Opened? {
      guard let names = parts[part] else { return nil }
      return try openOne(
        names.map { folder.path(of: $0) }.joined(separator: ","), request, isPart: true)
    }
    let train = try open(.train)!
    // Other sets' missing values are replaced as the training set's, of which alone a model knows, and their columns are
    // the training set's, by name.
    request.substitutes = train.substitutes
    request.table.matching = train.data.wholeColumnNames
    request.table.read(as: train.data)
    var sets = DataSplit(train: train.data, substitutes: train.substitutes, descriptions: ["train": train.description])
    sets.unusedFiles = parts.unused
    if request.takesTrainingAlone { return sets }
    if let validation = try open(.validation) {
      try train.data.checkKind(of: validation.data, "validation")
      (sets.validation, sets.descriptions["validation"]) = (validation.data, validation.description)
    }
    if let test = try open(.test) {
      try train.data.checkKind(of: test.data, "test")
      (sets.test, sets.descriptions["test"]) = (test.data, test.description)
    }
    return sets
  }
}
