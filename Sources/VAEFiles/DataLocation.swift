import Foundation
import VAECore

/// A training set and, where there are any, a validation and a test set.
public struct DataPair: Sendable {
  /// What to train on.
  public let train: any DataSource
  /// What to choose by while training: when to stop, which epoch's model is the best.
  public var validation: (any DataSource)?
  /// What to test on.
  public let test: (any DataSource)?

  /// The parts by their names: train, and validation and test where there are any.
  public var parts: [(name: String, data: any DataSource)] {
    [("train", train), ("validation", validation), ("test", test)].compactMap { name, data in data.map { (name, $0) } }
  }

  /// The same with a fraction of the training data, drawn by the seed, set aside for validation.
  public func splitting(validation fraction: Double, seed: UInt64) throws(VAEError) -> DataPair {
    let parts = try train.split(validation: fraction, seed: seed)
    return DataPair(train: parts.training, validation: parts.validation, test: test)
  }

  /// The same with a file's data for validation.
  public func validating(on path: String) throws(VAEError) -> DataPair {
    let data = try DataLocation.openFile(path)
    guard data.dataSize == train.dataSize else {
      throw VAEError(
        .data,
        "Training and validation data differ in size, \(train.dataSize) and \(data.dataSize) values each: \(path).")
    }
    return DataPair(train: train, validation: data, test: test)
  }

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
    return DataPair(train: train, validation: try validation.map(read), test: try test.map(read))
  }
}

/// Finds and reads data by what a person names them.
public enum DataLocation {
  /// Reads `fashion-mnist`, `synthetic`, an IDX file (plain or .gz), or a folder with a train/t10k pair of them.
  ///
  /// - Throws: where nothing is there or a file does not hold what it should; says what to give instead.
  public static func open(_ location: String) throws(VAEError) -> DataPair {
    switch location {
    case "synthetic":
      return DataPair(
        train: Dataset.synthetic(count: 10_000, seed: 0), test: Dataset.synthetic(count: 1_000, seed: 1))
    case "fashion-mnist":
      guard let folder = fashionMNISTFolders.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
        throw VAEError(
          .file,
          "Fashion-MNIST is not installed (looked in \(fashionMNISTFolders.joined(separator: ", "))): "
            + "apt-get install dataset-fashion-mnist, or use --data synthetic.")
      }
      return try openFolder(folder)
    default:
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: location, isDirectory: &isFolder) else {
        throw VAEError(
          .file,
          "There is no \(location): give an IDX file (plain or .gz), a folder with train-images… and t10k-images… "
            + "files, fashion-mnist, or synthetic.")
      }
      return isFolder.boolValue ? try openFolder(location) : DataPair(train: try openFile(location), test: nil)
    }
  }

  /// Opens one IDX file; a gzip-compressed one is read into memory.
  public static func openFile(_ path: String) throws(VAEError) -> any DataSource {
    let isCompressed = try GzipReader.isCompressed(path)
    if isCompressed || path.hasSuffix(".gz") {
      var reader = try GzipReader(path: path)
      return try IDX.read(&reader)
    }
    return try ArrayFile(path: path) { reader throws(VAEError) in try IDX.layout(&reader) }
  }

  private static let fashionMNISTFolders = ["/usr/share/datasets/fashion-mnist"]

  private static func openFolder(_ folder: String) throws(VAEError) -> DataPair {
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
      return try openFile((folder as NSString).appendingPathComponent(name))
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
