import Foundation
import VAECore

/// Finds and reads the condition of data by what a person names it.
public enum ConditionLocation {
  /// The name of the labels that lie beside the data.
  public static let labels = "labels"
  /// What stands before a file whose whole numbers are no labels.
  private static let numbersPrefix = "numbers:"

  /// Reads the condition in a file, or in what else ``DataFile/open(_:options:substitutes:)`` opens: one whole number for
  /// each datum is its label, anything else a row of numbers. `numbers:` before a file's name says that its one number is
  /// no label. A first column without a name that counts the rows, as pandas writes it, is no part of it.
  ///
  /// - Throws: where it cannot be read or does not hold what it should.
  public static func open(_ location: String) throws(VAEError) -> Condition {
    let areNumbers = location.hasPrefix(numbersPrefix)
    let path = areNumbers ? String(location.dropFirst(numbersPrefix.count)) : location
    let stored = try DataFile.open(path, options: .numbers, allowingVectors: true).data.source().inMemory()
    guard stored.imageShape == nil else {
      throw VAEError(
        .data, "\(path) holds images, of 3 dimensions; labels have one number for each datum. Are they the data?")
    }
    let data = stored.with(.none).withoutRowNumbers()
    if data.dataSize == 1 && !areNumbers, let labels = wholeNumbers(data) {
      return Condition(name: path, labels: labels)
    }
    return Condition(name: path, numbers: data.rows(0..<data.count), columnNames: data.columnNames)
  }

  /// The columns of a table of data that a condition names, separated by commas; nil where it names something else.
  static func columns(_ condition: String, of data: any DataSource) -> [String]? {
    guard let names = data.columnNames else { return nil }
    if names.contains(condition) { return [condition] }
    let parts = condition.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return parts.contains(where: names.contains) ? parts : nil
  }

  /// Throws where a condition is no file, and none of a table's columns either.
  static func checkIsThere(_ condition: String, besideColumns names: [String], of table: String) throws(VAEError) {
    if condition.hasPrefix(numbersPrefix)
      || paths(of: condition, beside: table).contains(where: { FileManager.default.fileExists(atPath: $0) })
    {
      return
    }
    throw VAEError(
      .configuration,
      "The condition \"\(condition)\" is no file, and no column of \(table), which has \(CellPlace.list(names)).")
  }

  /// Throws where data and their condition lie in as many files, and one has more or fewer data than the other's.
  static func checkParts(_ condition: String, of location: String, _ data: any DataSource) throws(VAEError) {
    guard let counts = (data as? ShardedSource)?.counts, let files = try? DataFile.files(of: location) else { return }
    let parts = condition.split(separator: ",").map(String.init)
    guard parts.count == counts.count, parts.count == files.count, parts.count > 1 else { return }
    for (index, part) in parts.enumerated() { try open(part).check(count: counts[index], of: files[index]) }
  }

  /// The files that the condition of some data lies in, as ``DataLocation/paths(of:)`` has those of the data.
  public static func paths(of location: String, beside data: String) -> [String] {
    guard location == labels else {
      let isMarked = location.hasPrefix(numbersPrefix)
      return DataLocation.paths(of: isMarked ? String(location.dropFirst(numbersPrefix.count)) : location)
    }
    return DataLocation.paths(of: data).flatMap { (try? DataFile.files(of: $0)) ?? [] }
      .compactMap { try? labelsFile(beside: $0) }
  }

  /// The values of data of one value each, if all of them are whole numbers.
  private static func wholeNumbers(_ data: Dataset) -> [Int]? {
    let values = data.rows(0..<data.count, as: Double.self).elements
    let numbers = values.compactMap { Int(exactly: $0) }
    return numbers.count == values.count ? numbers : nil
  }

  /// Reads the labels that lie beside files of data, separated by commas or in a folder: `train-labels-idx1-ubyte` beside
  /// `train-images-idx3-ubyte`, `y_train.npy` beside `X_train.npy`, each plain or .gz.
  ///
  /// - Parameter data: the data in the files, which are taken apart as far as they are sources.
  /// - Throws: where a file has none beside it, or as many as others.
  static func openLabels(beside location: String, of data: any DataSource) throws(VAEError) -> Condition {
    var condition: Condition?
    let counts = (data as? ShardedSource)?.counts
    for (index, path) in try DataFile.files(of: location).enumerated() {
      let labels = try open(labelsFile(beside: path))
      if let counts { try labels.check(count: counts[index], of: path) }
      guard labels.labels != nil else {
        throw VAEError(.data, "\(labels.name) has no labels, one whole number for each datum.")
      }
      condition = condition?.appending(labels) ?? labels
    }
    return condition!
  }

  private static func labelsFile(beside path: String) throws(VAEError) -> String {
    let place = PathParts(path)
    let data = place.name.hasSuffix(".gz") ? String(place.name.dropLast(3)) : place.name
    let name = labelsName(of: data)
    guard name != data else {
      throw VAEError(
        .file,
        "\(path) is not called …images… or X…, so that its labels would be …labels… or y… beside it: give their file as "
          + "the condition.")
    }
    // A plain file reads faster than its compressed copy.
    let candidates = [name, name + ".gz"].map { place.folder.path(of: $0) }
    guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw VAEError(
        .file,
        "There are no labels beside \(path): looked for \(candidates[0]), plain or .gz; give the file that holds them.")
    }
    return found
  }

  /// The name that the labels of a file of data have: images become labels, and X becomes y, where it stands alone.
  private static func labelsName(of data: String) -> String {
    let renamed = data.replacing("images", with: "labels").replacing("idx3", with: "idx1")
    if renamed != data { return renamed }
    var name = ""
    var word = ""
    func asLabels(_ word: String) -> String {
      switch DataParts.words(in: word) {
      case ["x"]: "y"
      case let words where words.count == 2 && words[0] == "x": "y" + word.dropFirst()
      case let words where words.count == 2 && words[1] == "x": word.dropLast() + (word.last == "X" ? "Y" : "y")
      default: word
      }
    }
    for character in data {
      if character.isLetter || character.isNumber {
        word.append(character)
      } else {
        name += asLabels(word) + String(character)
        word = ""
      }
    }
    return name + asLabels(word)
  }
}

extension Dataset {
  /// The same without a first column that has no name, among others that have, and counts the rows.
  fileprivate func withoutRowNumbers() -> Dataset {
    guard let columnNames, columnNames.count > 1, columnNames[0].isEmpty else { return self }
    let rows = rows(0..<count, as: Double.self)
    let counts = [0.0, 1].contains { start in (0..<count).allSatisfy { rows[$0, 0] == start + Double($0) } }
    return counts ? selecting(Array(1..<dataSize)) : self
  }
}
