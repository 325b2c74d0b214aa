/// What is known of each datum beside its values, and given to encoder and decoder of a conditional model: its label, or
/// numbers.
public struct Condition: Sendable {
  /// Where it comes from, for messages.
  public let name: String
  /// N, the number of data.
  public let count: Int
  /// C as far as it shows: the values of each datum, or the classes from 0 to the greatest label.
  public let size: Int
  private let storage: Storage
  /// The least label; 0 where there is none.
  private let leastLabel: Int
  /// Where the first number is that is not finite, row by row.
  private let firstNotFinite: Int?

  private enum Storage: Sendable {
    case labels([Int])
    case numbers(Matrix<Float>)
  }

  /// A label of each datum, one of the classes 0, 1, …; a model sees it as C values, 1 at the label and else 0.
  public init(name: String, labels: [Int]) {
    self.name = name
    count = labels.count
    // Labels that are none are refused where they are used.
    size = max(labels.max() ?? 0, 0) + 1
    leastLabel = labels.min() ?? 0
    firstNotFinite = nil
    storage = .labels(labels)
  }

  /// Numbers of each datum, a row of `[N, C]` each.
  public init(name: String, numbers: Matrix<Float>) {
    self.name = name
    count = numbers.rows
    size = numbers.columns
    leastLabel = 0
    firstNotFinite = numbers.elements.firstIndex { !$0.isFinite }
    storage = .numbers(numbers)
  }

  /// The labels; nil where there are numbers.
  public var labels: [Int]? {
    if case .labels(let labels) = storage { return labels }
    return nil
  }

  /// The condition of some ranges of positions, one range behind the other.
  public func read(_ ranges: [Range<Int>]) -> Condition {
    switch storage {
    case .labels(let labels): Condition(name: name, labels: ranges.flatMap { labels[$0] })
    case .numbers(let numbers):
      Condition(
        name: name,
        numbers: Matrix(
          rows: ranges.reduce(0) { $0 + $1.count }, columns: size,
          elements: ranges.flatMap { numbers.rows($0).elements }))
    }
  }

  /// Some of it as the rows of a matrix `[range.count, size]`, as a model of that condition size takes it.
  public func rows<Element: Scalar>(_ range: Range<Int>, size: Int, as type: Element.Type = Element.self)
    -> Matrix<Element>
  {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "conditions \(range) of \(count)")
    var matrix = Matrix<Element>(rows: range.count, columns: size)
    let view = matrix.mutableView
    for (row, position) in range.enumerated() { load(position, into: view.rows(row..<row + 1)) }
    return matrix
  }

  /// Writes the condition of the datum at a position into c `[1, C]`.
  func load<S>(_ position: Int, into condition: MutableMatrixView<S>) {
    precondition(position < count, "condition \(position) of \(count)")
    switch storage {
    case .labels(let labels):
      condition.setToZero()
      condition[0, labels[position]] = 1
    case .numbers(let numbers):
      precondition(condition.columns == size, "a condition of \(size) values for a model of \(condition.columns)")
      for column in 0..<size { condition[0, column] = S(numbers[position, column]) }
    }
  }

  /// Throws where there are more or fewer than data.
  public func check(count wanted: Int, of data: String) throws(VAEError) {
    if count != wanted {
      throw VAEError(.data, "\(name) has the condition of \(count) data; there are \(wanted) data in \(data).")
    }
  }

  /// Throws where a model of a condition size cannot take it: a label that is none of its classes, another size, or a
  /// number that is not finite.
  public func check(size: Int) throws(VAEError) { try check(size: size, positions: [0..<count]) }

  /// The same, where the data have other positions for messages.
  func check(size wanted: Int, positions: [Range<Int>]) throws(VAEError) {
    func position(_ index: Int) -> Int { positions.joined().dropFirst(index).first ?? index }
    switch storage {
    case .labels(let labels):
      if leastLabel >= 0 && size <= wanted { return }
      guard let index = labels.firstIndex(where: { !(0..<wanted).contains($0) }) else { return }
      throw VAEError(
        .data,
        "Datum \(position(index)) has the label \(labels[index]); the model's classes are 0 to \(wanted - 1). (\(name))"
      )
    case .numbers(let numbers):
      guard size == wanted else {
        throw VAEError(
          .data, "The condition has \(size) values of each datum, the model takes \(wanted): \(name).")
      }
      guard let index = firstNotFinite else { return }
      throw VAEError(
        .data,
        "Value \(index % size) of the condition of datum \(position(index / size)) is \(numbers[index / size, index % size]), not a "
          + "finite number. (\(name))")
    }
  }
}

extension Condition {
  /// This one, and behind it that of more data.
  func appending(_ other: Condition) -> Condition {
    switch (storage, other.storage) {
    case (.labels(let first), .labels(let second)): return Condition(name: name, labels: first + second)
    case (.numbers(let first), .numbers(let second)):
      return Condition(
        name: name,
        numbers: Matrix(rows: count + other.count, columns: size, elements: first.elements + second.elements))
    default: preconditionFailure("labels and numbers: \(name), \(other.name)")
    }
  }
}

extension Matrix {
  /// Labels as a condition `[labels.count, classes]`: 1 at the label, which must be from 0 to classes − 1, else 0.
  public static func oneHot(_ labels: [Int], classes: Int) -> Matrix {
    Condition(name: "", labels: labels).rows(0..<labels.count, size: classes)
  }
}
