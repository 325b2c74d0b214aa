import Foundation
import VAECore

/// Finds and reads the condition of data by what a person names it.
public enum ConditionLocation {
  /// The name of the labels that lie beside the data.
  public static let labels = "labels"

  /// Reads a file of the condition: labels as an IDX file of one dimension (plain or .gz), or a row of numbers for each
  /// datum in what ``DataFile/open(_:options:substitutes:)`` opens.
  ///
  /// - Throws: where it cannot be read or does not hold what it should.
  public static func openFile(_ path: String) throws(VAEError) -> Condition {
    let file: DataFile
    if DataFile.isFolder(path) == false {
      let input = try DataInput(file: path)
      if IDX.begins(input.start) {
        var reader = try input.reader()
        return try IDX.readLabels(&reader)
      }
      // Not by its path: a pipe is read once.
      file = try DataFile.open(input, member: nil, TableOptions())
    } else {
      file = try DataFile.open(path)
    }
    let numbers = try file.data.source().inMemory()
    return Condition(name: path, numbers: numbers.rows(0..<numbers.count))
  }

  /// Reads the labels that lie beside a file of images: `train-labels-idx1-ubyte` beside `train-images-idx3-ubyte`, each
  /// plain or .gz.
  static func openLabels(beside path: String) throws(VAEError) -> Condition {
    let place = PathParts(path)
    let images = place.name.hasSuffix(".gz") ? String(place.name.dropLast(3)) : place.name
    let name = images.replacing("images", with: "labels").replacing("idx3", with: "idx1")
    guard name != images else {
      throw VAEError(
        .file,
        "\(path) is not called …images…, so that its labels would be …labels… beside it: give their file as the condition."
      )
    }
    // A plain file reads faster than its compressed copy.
    let candidates = [name, name + ".gz"].map { (place.folder as NSString).appendingPathComponent($0) }
    guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw VAEError(
        .file,
        "There are no labels beside \(path): looked for \(candidates[0]), plain or .gz; give the file that holds them.")
    }
    return try openFile(found)
  }
}
