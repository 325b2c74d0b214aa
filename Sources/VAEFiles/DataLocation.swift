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
  /// Reads `fashion-mnist`, `synthetic`, whatever ``DataFile/open(_:options:substitutes:)`` does, or a folder with a training and a
  /// test part: `train-images…` and `t10k-images…` files, or what begins with `train` and `test`, each a file of data or
  /// a folder of them.
  ///
  /// Data that can be read only once take up to `memory` bytes (the machine's where nil).
  ///
  /// - Throws: where nothing is there or a file does not hold what it should; says what to give instead.
  public static func open(
    _ location: String, options: TableOptions = TableOptions(), memory: Int? = nil
  ) throws(VAEError) -> DataPair {
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
      return try openFolder(folder, options, memory)
    default:
      if DataFile.isFolder(location) == true { return try openFolder(location, options, memory) }
      return DataPair(train: try DataFile.open(location, options: options).data.source(limit: memory), test: nil)
    }
  }

  private static let fashionMNISTFolders = ["/usr/share/datasets/fashion-mnist"]

  /// Whether a location is a folder with a training part, as ``open(_:options:memory:)`` finds one.
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

  private static func openFolder(_ folder: String, _ options: TableOptions, _ memory: Int?) throws(VAEError) -> DataPair
  {
    let names = try DataFormats.names(in: folder)
    func file(_ words: [String], _ substitutes: [Float]? = nil) throws(VAEError) -> DataFile? {
      // A plain file sorts before its compressed copy, and reads faster.
      let name = names.first { name in words.contains { isPart(name, $0, of: folder) } }
      guard let name else { return nil }
      return try DataFile.open(
        (folder as NSString).appendingPathComponent(name), options: options, substitutes: substitutes)
    }
    guard let training = try file(["train"]) else {
      return DataPair(
        train: try DataFile.open(folder, options: options).data.source(limit: memory), test: nil)
    }
    let train = try training.data.source(limit: memory)
    // A test set's missing values are replaced as the training set's, of which alone a model knows.
    let test = try file(["t10k", "test"], training.substitutes)?.data.source(limit: memory)
    if let test, test.dataSize != train.dataSize {
      throw VAEError(
        .data, "Training and test data differ in size, \(train.dataSize) and \(test.dataSize) values each: \(folder).")
    }
    return DataPair(train: train, test: test)
  }
}
