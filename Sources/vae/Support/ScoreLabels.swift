import Foundation
import VAECore
import VAEFiles

/// Which data are anomalies.
struct ScoreLabels {
  private let location: String
  private let data: DataOptions

  init(_ location: String, _ data: DataOptions) { (self.location, self.data) = (location, data) }

  /// Of each datum of some whether it is one.
  ///
  /// - Throws: where there are no such labels, or others than 0 and 1.
  func values(for chosen: any DataSource) throws -> [Bool] {
    let all = try read()
    let positions = Array(chosen.origin.joined())
    guard positions.allSatisfy({ $0 < all.count }), data.isWhole == false || all.count == chosen.count else {
      throw VAEError(.data, "\(location) has labels of \(all.count) data; there are \(chosen.count) in \(chosen.name).")
    }
    return positions.map { all[$0] }
  }

  private func read() throws -> [Bool] {
    // A file, or one of the arrays in one.
    let file = location.split(separator: ":").first.map(String.init) ?? location
    if FileManager.default.fileExists(atPath: file) {
      return try flags(try DataFile.open(location, options: .numbers, allowingVectors: true).data.source().inMemory())
    }
    let parts = location.split(separator: "=", maxSplits: 1).map(String.init)
    var options = TableOptions()
    options.columns = [parts[0]]
    if parts.count == 2 {
      (options.schemaChoice, options.kinds) = (.find, [.category: [parts[0]]])
    } else {
      options.schemaChoice = .none
    }
    let column = try DataFile.open(data.data, options: options).data.source().inMemory()
    guard parts.count == 2 else { return try flags(column) }
    guard let categories = column.columns?.schema?.columns[0].categories,
      let index = categories.firstIndex(where: { $0.text == parts[1] })
    else { throw VAEError(.data, "The column \(parts[0]) of \(data.data) has no \"\(parts[1])\".") }
    return column.rows(0..<column.count, as: Double.self).elements.map { $0 == Double(index) }
  }

  private func flags(_ stored: Dataset) throws -> [Bool] {
    let set = stored.with(.none)
    guard set.dataSize == 1 else {
      throw VAEError(.data, "\(location) has \(set.dataSize) values for each datum; labels have one, 0 or 1.")
    }
    return try set.rows(0..<set.count, as: Double.self).elements.enumerated().map { index, value in
      guard value == 0 || value == 1 else {
        throw VAEError(
          .data,
          "\(location), datum \(index): the label is \(value.short); anomalies are 1, other data 0. For a column of texts give column=text."
        )
      }
      return value == 1
    }
  }
}
