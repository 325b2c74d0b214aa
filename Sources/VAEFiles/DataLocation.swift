import Foundation
import VAECore

/// A training set and, where there are any, a validation and a test set.
public struct DataPair: Sendable {
  /// What to train on.
  public fileprivate(set) var train: any DataSource
  /// What to choose by while training: when to stop, which epoch's model is the best.
  public var validation: (any DataSource)?
  /// What to test on.
  public let test: (any DataSource)?
  /// The means that stand for the training set's missing values, and so for all others', where they do.
  public fileprivate(set) var substitutes: [Float]?

  /// Data to train on, and others where there are any, all with the same means in place of missing values, if they are.
  public init(
    train: any DataSource, validation: (any DataSource)? = nil, test: (any DataSource)? = nil,
    substitutes: [Float]? = nil
  ) {
    self.train = train
    self.validation = validation
    self.test = test
    self.substitutes = substitutes
  }

  /// The parts by their names: train, and validation and test where there are any.
  public var parts: [(name: String, data: any DataSource)] {
    [("train", train), ("validation", validation), ("test", test)].compactMap { name, data in data.map { (name, $0) } }
  }

  /// The same with a fraction of the training data, drawn by the seed, set aside for validation.
  public func splitting(validation fraction: Double, seed: UInt64) throws(VAEError) -> DataPair {
    var pair = self
    let parts = try train.split(validation: fraction, seed: seed)
    (pair.train, pair.validation) = (parts.training, parts.validation)
    return pair
  }

  /// The same with a file's data for validation, read as the others are, the training set's means for missing values.
  public func validating(on path: String, as request: DataRequest) throws(VAEError) -> DataPair {
    var request = request
    (request.location, request.weights, request.substitutes) = (path, nil, substitutes)
    let data = try DataLocation.open(request).train
    try DataPair.check(train, "validation", data, path)
    var pair = self
    pair.validation = data
    return pair
  }

  /// Throws where data for validation or test are not like those to train on.
  fileprivate static func check(
    _ train: any DataSource, _ part: String, _ others: any DataSource, _ location: String
  ) throws(VAEError) {
    guard train.dataSize == others.dataSize else {
      throw VAEError(
        .data,
        "Training and \(part) data differ in size, \(train.dataSize) and \(others.dataSize) values each: \(location).")
    }
    let names = zip(train.columnNames ?? [], others.columnNames ?? [])
    if let (column, (name, other)) = names.enumerated().first(where: { $1.0 != $1.1 }) {
      throw VAEError(
        .data,
        "Column \(column + 1) is \"\(name)\" in the training and \"\(other)\" in the \(part) data: \(location). Choose the "
          + "columns in one order with --columns-used.")
    }
  }

  /// The same, what fits into so many bytes having been read into memory, the training set first. Where one does not fit,
  /// it is read by windows, which take all that is left.
  ///
  /// - Throws: where it cannot be read.
  public func inMemory(upTo limit: Int) throws(VAEError) -> DataPair {
    var rest = limit
    func read(_ source: any DataSource) throws(VAEError) -> any DataSource {
      guard source.memoryByteCount <= rest else {
        rest = 0
        return source
      }
      rest -= source.memoryByteCount
      return try source.inMemory()
    }
    let train = try read(train)
    return DataPair(
      train: train, validation: try validation.map(read), test: try test.map(read), substitutes: substitutes)
  }
}

/// Which data somebody wants, by name, and how they are to be read.
public struct DataRequest: Sendable, Equatable {
  /// `fashion-mnist`, `synthetic`, or what ``DataFile/open(_:options:substitutes:)`` opens.
  public var location: String
  /// What names the condition of the data, where one is wanted: `labels` are those beside the data, of `synthetic` the
  /// kinds of shapes; or the file of it, for data in one file.
  public var condition: String?
  /// The file of the training data's weights, where they have any.
  public var weights: String?
  /// How tables are read.
  public var table = TableOptions()
  /// The means that are to stand for missing values, those of a model's training set, where missing values become means;
  /// the data's own where nil.
  public var substitutes: [Float]?
  /// The bytes that data may take which can be read only once; the machine's memory where nil.
  public var memory: Int?

  /// A request for data as they are, with a condition or without one.
  public init(_ location: String, condition: String? = nil) {
    self.location = location
    self.condition = condition
  }
}

/// Finds and reads data by what a person names them.
public enum DataLocation {
  /// Reads `fashion-mnist`, `synthetic`, whatever ``DataFile/open(_:options:substitutes:)`` does, or a folder with a
  /// training and a test part: `train-images…` and `t10k-images…` files, or what begins with `train` and `test`, each a
  /// file of data or a folder of them.
  ///
  /// - Throws: where nothing is there or a file does not hold what it should; says what to give instead.
  public static func open(_ request: DataRequest) throws(VAEError) -> DataPair {
    var pair = try openPair(request)
    guard let weights = request.weights else { return pair }
    let values = try DataFile.open(weights).data.source().inMemory()
    guard values.dataSize == 1, values.storedType != .uint8 else {
      throw VAEError(
        .data, "\(weights) must hold one number for each datum; it has \(values.dataSize) values for each.")
    }
    pair.train = try pair.train.weighted(by: values.rows(0..<values.count).elements, from: weights)
    return pair
  }

  /// Reads data as they are, from where a person says.
  public static func open(_ location: String) throws(VAEError) -> DataPair { try open(DataRequest(location)) }

  private static func openPair(_ request: DataRequest) throws(VAEError) -> DataPair {
    let location = request.location
    switch location {
    case "synthetic":
      try checkIsLabels(request)
      return DataPair(
        train: Dataset.synthetic(count: 10_000, seed: 0), test: Dataset.synthetic(count: 1_000, seed: 1))
    case "fashion-mnist":
      guard let folder = fashionMNISTFolders.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
        throw VAEError(
          .file,
          "Fashion-MNIST is not installed (looked in \(fashionMNISTFolders.joined(separator: ", "))): "
            + "apt-get install dataset-fashion-mnist, or use --data synthetic.")
      }
      return try openFolder(folder, request)
    default:
      if DataFile.isFolder(location) == true { return try openFolder(location, request) }
      return try openWhole(location, request)
    }
  }

  /// Data without parts.
  private static func openWhole(_ location: String, _ request: DataRequest) throws(VAEError) -> DataPair {
    let (data, substitutes) = try openOne(location, request)
    return DataPair(train: data, substitutes: substitutes)
  }

  private static let fashionMNISTFolders = ["/usr/share/datasets/fashion-mnist"]

  private static func openOne(
    _ location: String, _ request: DataRequest
  ) throws(VAEError) -> (data: any DataSource, substitutes: [Float]?) {
    let file = try DataFile.open(location, options: request.table, substitutes: request.substitutes)
    let data = try file.data.source(limit: request.memory)
    guard let condition = request.condition else { return (data, file.substitutes) }
    let conditioned = try data.conditioned(
      on: condition == ConditionLocation.labels
        ? ConditionLocation.openLabels(beside: location) : ConditionLocation.openFile(condition))
    return (conditioned, file.substitutes)
  }

  /// Of a training and a test part, a file could only have the condition of one.
  private static func checkIsLabels(_ request: DataRequest) throws(VAEError) {
    if let condition = request.condition, condition != ConditionLocation.labels {
      throw VAEError(
        .configuration,
        "\(condition) cannot be the condition of the training and the test part of \(request.location): give \"labels\", "
          + "or one part's file as the data.")
    }
  }

  /// Whether a location is a folder with a training part, as a request finds one.
  public static func hasParts(_ location: String) -> Bool {
    guard DataFile.isFolder(location) == true, let names = try? DataFormats.names(in: location) else { return false }
    return names.contains { isPart($0, "train", of: location) }
  }

  /// Whether a file or folder is the part of a set that a word names: `train-images…`, or `train.` and the ending of a
  /// format, or a folder whose name begins so.
  private static func isPart(_ name: String, _ word: String, of folder: String) -> Bool {
    guard name.hasPrefix(word) else { return false }
    if name.hasPrefix(word + "-images") { return true }
    let isFolder = DataFile.isFolder((folder as NSString).appendingPathComponent(name)) == true
    return isFolder || name.hasPrefix(word + ".") && DataFormats.format(ofName: name) != nil
  }

  private static func openFolder(_ folder: String, _ request: DataRequest) throws(VAEError) -> DataPair {
    let names = try DataFormats.names(in: folder)
    var request = request
    func part(_ words: [String]) throws(VAEError) -> (data: any DataSource, substitutes: [Float]?)? {
      // A plain file sorts before its compressed copy, and reads faster.
      let name = names.first { name in words.contains { isPart(name, $0, of: folder) } }
      guard let name else { return nil }
      return try openOne((folder as NSString).appendingPathComponent(name), request)
    }
    guard names.contains(where: { isPart($0, "train", of: folder) }) else {
      return try openWhole(folder, request)
    }
    try checkIsLabels(request)
    let (train, substitutes) = try part(["train"])!
    // A test set's missing values are replaced as the training set's, of which alone a model knows.
    request.substitutes = substitutes
    let test = try part(["t10k", "test"])?.data
    if let test { try DataPair.check(train, "test", test, folder) }
    return DataPair(train: train, test: test, substitutes: substitutes)
  }
}
