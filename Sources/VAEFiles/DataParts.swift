import Foundation
import VAECore

/// The parts of a data set that the names in a folder tell apart: `train-images-idx3-ubyte.gz` and `t10k-images…`,
/// `X_train.npy` and `X_test.npy`, `mnist_train.csv` and `mnist_test.csv`, or folders `train` and `test`.
struct DataParts {
  /// A part that a word in a name stands for.
  enum Part: CaseIterable, Hashable {
    case train, validation, test

    fileprivate var words: Set<String> {
      switch self {
      case .train: ["train", "training"]
      case .validation: ["val", "valid", "validation", "dev"]
      case .test: ["test", "testing", "t10k"]
      }
    }
  }

  /// Words in the names of files that hold labels, not data.
  private static let labelWords: Set<String> = ["labels", "label", "y", "target", "targets", "classes"]

  /// The names of each part's files, or of its folder; one behind the other where there are several.
  private(set) var names: [Part: [String]] = [:]
  /// Files of data in the folder that their names call no part.
  private(set) var unused: [String] = []

  subscript(part: Part) -> [String]? { names[part] }

  /// Finds the parts in a folder; there are none where no name says train.
  ///
  /// - Throws: where several files may be one part.
  init(in folder: String) throws(VAEError) {
    let entries = try DataFormats.names(in: folder).map { Entry($0, in: folder) }
    // A plain file reads faster than its compressed copy.
    let plain = Set(entries.map(\.name))
    let data = entries.filter {
      $0.isData && !($0.name.hasSuffix(".gz") && plain.contains(String($0.name.dropLast(3))))
    }
    guard data.contains(where: { $0.part == .train }) else {
      // Files of one part are a set of their own, but not beside others.
      guard let part = data.first(where: { $0.part != nil }), data.contains(where: { $0.part != part.part }) else {
        return
      }
      throw VAEError(
        .file,
        "The folder \(folder) has \(part.name), by its name a \(part.part!) part, and no file that is one for training by its "
          + "name (\(data.filter { $0.part == nil }.prefix(6).map(\.name).joined(separator: ", "))): give the file that is meant, "
          + "or give names with train and test in them.")
    }
    unused = data.filter { $0.part == nil }.map(\.name)
    for part in Part.allCases {
      let found = data.filter { $0.part == part }
      if found.isEmpty { continue }
      guard let shards = DataParts.shards(found) else {
        throw VAEError(
          .file,
          "The folder \(folder) has several files that could be its \(part) part: "
            + "\(found.prefix(6).map(\.name).joined(separator: ", ")): give the file that is meant.")
      }
      names[part] = shards
    }
  }

  /// The names of a part's entries, where they are one, or files that differ in a number alone.
  private static func shards(_ entries: [Entry]) -> [String]? {
    if entries.count == 1 { return [entries[0].name] }
    func withoutDigits(_ entry: Entry) -> String { entry.name.filter { !$0.isNumber } }
    guard entries.allSatisfy({ !$0.isFolder && withoutDigits($0) == withoutDigits(entries[0]) }) else { return nil }
    return entries.map(\.name)
  }

  /// The words of a name without signs between them: `Xtrain` and `trainX` have two, others are one.
  static func words(in name: String) -> [String] {
    let word = name.lowercased()
    let parts = Part.allCases.reduce(into: Set<String>()) { $0.formUnion($1.words) }
    for letter in ["x", "y"] {
      if word.hasPrefix(letter), parts.contains(String(word.dropFirst())) { return [letter, String(word.dropFirst())] }
      if word.hasSuffix(letter), parts.contains(String(word.dropLast())) { return [String(word.dropLast()), letter] }
    }
    return [word]
  }

  private struct Entry {
    let name: String
    let isFolder: Bool
    let part: Part?
    /// Whether it may hold data of a part.
    let isData: Bool

    init(_ name: String, in folder: String) {
      self.name = name
      isFolder = DataFile.isFolder(folder.path(of: name)) == true
      let words = Set(name.split { !$0.isLetter && !$0.isNumber }.flatMap { DataParts.words(in: String($0)) })
      part = Part.allCases.first { !$0.words.isDisjoint(with: words) }
      // A folder of parts may hold others beside them.
      let hasFormat = isFolder ? part != nil : DataFormats.format(ofName: name) != nil || words.contains("images")
      isData = hasFormat && words.isDisjoint(with: DataParts.labelWords)
    }
  }
}
