import Foundation
import VAECore

/// A training set and, where there is one, a test set.
public struct DataPair: Sendable {
  /// What to train on.
  public let train: any DataSource
  /// What to test on.
  public let test: (any DataSource)?

  /// The same, what fits into so many bytes having been read into memory, the training set first.
  ///
  /// - Throws: where it cannot be read.
  public func inMemory(upTo limit: Int) throws(VAEError) -> DataPair {
    var rest = limit
    func read(_ source: any DataSource) throws(VAEError) -> any DataSource {
      guard source.memoryByteCount <= rest else { return source }
      rest -= source.memoryByteCount
      return try source.inMemory()
    }
    let train = try read(train)
    return DataPair(train: train, test: try test.map(read))
  }
}

/// Finds and reads data by what a person names them.
public enum DataLocation {
  /// Reads `fashion-mnist`, `synthetic`, an IDX file (plain or .gz), or a folder with a train/t10k pair of them; and, where
  /// `condition` is not nil, their condition: `labels` are those beside the data, of `synthetic` the kinds of shapes; or the
  /// file of it, for data in one file.
  ///
  /// - Throws: where nothing is there or a file does not hold what it should; says what to give instead.
  public static func open(_ location: String, condition: String? = nil) throws(VAEError) -> DataPair {
    switch location {
    case "synthetic":
      try checkIsLabels(condition, location)
      return DataPair(
        train: Dataset.synthetic(count: 10_000, seed: 0), test: Dataset.synthetic(count: 1_000, seed: 1))
    case "fashion-mnist":
      guard let folder = fashionMNISTFolders.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
        throw VAEError(
          .file,
          "Fashion-MNIST is not installed (looked in \(fashionMNISTFolders.joined(separator: ", "))): "
            + "apt-get install dataset-fashion-mnist, or use --data synthetic.")
      }
      return try openFolder(folder, condition: condition)
    default:
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: location, isDirectory: &isFolder) else {
        throw VAEError(
          .file,
          "There is no \(location): give an IDX file (plain or .gz), a folder with train-images… and t10k-images… "
            + "files, fashion-mnist, or synthetic.")
      }
      return isFolder.boolValue
        ? try openFolder(location, condition: condition)
        : DataPair(train: try openFile(location, condition: condition), test: nil)
    }
  }

  /// Opens one IDX file, with its condition where that is not nil; a gzip-compressed one is read into memory.
  public static func openFile(_ path: String, condition: String? = nil) throws(VAEError) -> any DataSource {
    let data = try openValues(path)
    guard let condition else { return data }
    return try data.conditioned(
      on: condition == ConditionLocation.labels
        ? ConditionLocation.openLabels(beside: path) : ConditionLocation.openFile(condition))
  }

  private static func openValues(_ path: String) throws(VAEError) -> any DataSource {
    let isCompressed = try GzipReader.isCompressed(path)
    if isCompressed || path.hasSuffix(".gz") {
      var reader = try GzipReader(path: path)
      return try IDX.read(&reader)
    }
    return try ArrayFile(path: path) { reader throws(VAEError) in try IDX.layout(&reader) }
  }

  private static let fashionMNISTFolders = ["/usr/share/datasets/fashion-mnist"]

  /// Of a training and a test part, a file could only have the condition of one.
  private static func checkIsLabels(_ condition: String?, _ location: String) throws(VAEError) {
    if let condition, condition != ConditionLocation.labels {
      throw VAEError(
        .configuration,
        "\(condition) cannot be the condition of the training and the test part of \(location): give \"labels\", or one "
          + "part's file as the data.")
    }
  }

  private static func openFolder(_ folder: String, condition: String?) throws(VAEError) -> DataPair {
    try checkIsLabels(condition, folder)
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw VAEError(.file, "The folder \(folder) cannot be read: \(error.localizedDescription)")
    }
    func file(_ prefixes: [String]) throws(VAEError) -> (any DataSource)? {
      // A plain file sorts before its compressed copy, and reads faster.
      let name = names.first { name in prefixes.contains { name.hasPrefix($0) } }
      guard let name else { return nil }
      return try openFile((folder as NSString).appendingPathComponent(name), condition: condition)
    }
    guard let train = try file(["train-images"]) else {
      let found = names.isEmpty ? "it is empty" : "it holds \(names.prefix(6).joined(separator: ", "))"
      throw VAEError(.file, "The folder \(folder) has no train-images… file (\(found)): give the file itself.")
    }
    let test = try file(["t10k-images", "test-images"])
    if let test, test.dataSize != train.dataSize {
      throw VAEError(
        .data, "Training and test data differ in size, \(train.dataSize) and \(test.dataSize) values each: \(folder).")
    }
    return DataPair(train: train, test: test)
  }
}
