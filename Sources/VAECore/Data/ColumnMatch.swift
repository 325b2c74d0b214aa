/// Where the columns that a model takes are among those of data.
public struct ColumnMatch: Sendable, Hashable {
  /// For each of the model's columns, the index of the data's.
  public let indices: [Int]
  /// The names of the data's columns that the model does not take.
  public let unused: [String]

  /// A match by names. Where a name is there twice, only the very same columns match.
  ///
  /// - Throws: where a column is missing, naming it.
  public init(_ wanted: [String], in names: [String], of data: String) throws(VAEError) {
    if wanted == names {
      (indices, unused) = (Array(names.indices), [])
      return
    }
    for (list, owner) in [(wanted, "the model's data"), (names, data)] {
      if let name = ColumnMatch.repeated(in: list) {
        throw VAEError(
          .data,
          "The columns of \(data) are not the model's, and cannot be matched by name: \(owner) have several columns "
            + "\"\(CellPlace.short(name))\". Give the same columns in the same order.")
      }
    }
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var indices: [Int] = []
    for name in wanted {
      guard let index = places[name] else {
        throw VAEError(
          .data,
          "\(data) has no column \"\(CellPlace.short(name))\", which the model takes; it has \(CellPlace.list(names)).")
      }
      indices.append(index)
    }
    let used = Set(indices)
    self.indices = indices
    unused = names.indices.filter { !used.contains($0) }.map { names[$0] }
  }

  private static func repeated(in names: [String]) -> String? {
    var seen = Set<String>()
    return names.first { !seen.insert($0).inserted }
  }
}

/// Some columns of data, in an order of their own.
struct ColumnSelection: DataSource {
  private let base: any DataSource
  private let indices: [Int]
  let columns: DataColumns?

  var name: String { base.name }
  var count: Int { base.count }
  var dataSize: Int { indices.count }
  var imageShape: ImageShape? { nil }
  var storedType: StoredType { base.storedType }
  var whiteLevel: WhiteLevel { base.whiteLevel }
  var origin: [Range<Int>] { base.origin }
  var condition: Condition? { base.condition }
  var weights: [Float]? { base.weights }

  init(_ base: any DataSource, columns indices: [Int]) {
    self.base = base
    self.indices = indices
    columns = base.columns?.selecting(indices)
  }

  func read(_ ranges: [Range<Int>]) throws(VAEError) -> Dataset { try base.read(ranges).selecting(indices) }
}

extension DataSource {
  /// The columns of a match alone, in its order.
  func selecting(_ match: ColumnMatch) -> any DataSource { selecting(columns: match.indices) }

  /// Some columns alone, in an order of their own.
  func selecting(columns indices: [Int]) -> any DataSource {
    if indices.elementsEqual(0..<dataSize) { return self }
    guard let dataset = self as? Dataset else { return ColumnSelection(self, columns: indices) }
    return dataset.selecting(indices)
  }
}

extension Dataset {
  /// Some of its columns, in an order of their own.
  package func selecting(_ indices: [Int]) -> Dataset {
    var selected = Dataset(
      name: name, values: values.select(columns: indices, of: dataSize), dataSize: indices.count, imageShape: nil,
      whiteLevel: whiteLevel,
      assuming: assumedWhiteLevel)
    selected.takeAnnotations(of: self)
    selected.columns = columns?.selecting(indices)
    return selected
  }
}
