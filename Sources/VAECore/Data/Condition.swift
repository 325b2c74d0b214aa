/// What is known of each datum beside its values, and given to encoder and decoder of a conditional model: its label, or
/// numbers.
public struct Condition: Sendable {
  /// Where it comes from, for messages.
  public let name: String
  /// N, the number of data.
  public let count: Int
  /// What its numbers are called, where they have names.
  public let columnNames: [String]?
  private let storage: Storage

  private enum Storage: Sendable {
    /// Classes are ascending; every label is one of them.
    case labels([Int], classes: [Int])
    case numbers(Matrix<Float>, firstNotFinite: Int?)
    /// A number of each column, of which a model sees another form.
    case columns(Matrix<Double>, ConditionColumns)
  }

  /// A label of each datum, one of some classes: those that occur, where none are given. A model sees it as C values, 1 at
  /// the label's class and else 0, classes being in ascending order.
  public init(name: String, labels: [Int], classes: [Int]? = nil) {
    self.name = name
    count = labels.count
    let classes = classes ?? Set(labels).sorted()
    precondition(zip(classes, classes.dropFirst()).allSatisfy { $0 < $1 }, "classes ascend: \(classes)")
    columnNames = nil
    storage = .labels(labels, classes: classes)
  }

  /// Numbers of each datum, a row of `[N, C]` each, and what they are called, if they are.
  public init(name: String, numbers: Matrix<Float>, columnNames: [String]? = nil) {
    precondition(columnNames == nil || columnNames!.count == numbers.columns, "names of \(numbers.columns) numbers")
    self.name = name
    self.columnNames = columnNames
    count = numbers.rows
    storage = .numbers(numbers, firstNotFinite: numbers.elements.firstIndex { !$0.isFinite })
  }

  /// Columns of a table, a row of `[N, K]` for each datum.
  init(name: String, columns: ConditionColumns, values: Matrix<Double>) {
    precondition(
      values.columns == columns.columns.count, "\(values.columns) numbers of \(columns.columns.count) columns")
    self.init(name, count: values.rows, .columns(values, columns))
  }

  private init(_ name: String, count: Int, _ storage: Storage) {
    self.name = name
    self.count = count
    columnNames = nil
    self.storage = storage
  }

  /// C: the number of classes, or the values of each datum.
  public var size: Int {
    switch storage {
    case .labels(_, let classes): classes.count
    case .numbers(let numbers, _): numbers.columns
    case .columns(_, let columns): columns.size
    }
  }

  /// The columns of a table that it is; nil of labels and of other numbers.
  public var columns: ConditionColumns? {
    if case .columns(_, let columns) = storage { return columns }
    return nil
  }

  /// Hands out the numbers of each datum, of columns of a table.
  package func forEachRow(_ body: ([Double]) -> Void) {
    guard case .columns(let values, _) = storage else { return }
    for row in 0..<count { body(values.row(row)) }
  }

  /// The labels; nil where there are numbers.
  public var labels: [Int]? {
    if case .labels(let labels, _) = storage { return labels }
    return nil
  }

  /// The classes that labels are of, ascending; nil where there are numbers.
  public var classes: [Int]? {
    if case .labels(_, let classes) = storage { return classes }
    return nil
  }

  /// The condition of some ranges of positions, one range behind the other; of labels, with the classes of all.
  public func read(_ ranges: [Range<Int>]) -> Condition {
    let count = ranges.reduce(0) { $0 + $1.count }
    switch storage {
    case .labels(let labels, let classes):
      return Condition(name, count: count, .labels(ranges.flatMap { labels[$0] }, classes: classes))
    case .numbers(let numbers, _):
      let elements = ranges.flatMap { numbers.rows($0).elements }
      return Condition(
        name: name, numbers: Matrix(rows: count, columns: numbers.columns, elements: elements), columnNames: columnNames
      )
    case .columns(let values, let columns):
      let elements = ranges.flatMap { values.rows($0).elements }
      return Condition(
        name: name, columns: columns, values: Matrix(rows: count, columns: values.columns, elements: elements))
    }
  }

  /// Some of it as the rows of a matrix `[range.count, C]`.
  public func rows<Element: Scalar>(_ range: Range<Int>, as type: Element.Type = Element.self) -> Matrix<Element> {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "conditions \(range) of \(count)")
    var matrix = Matrix<Element>(rows: range.count, columns: size)
    let view = matrix.mutableView
    for (row, position) in range.enumerated() { load(position, into: view.rows(row..<row + 1)) }
    return matrix
  }

  /// Writes the condition of the datum at a position into c `[1, C]`.
  func load<S>(_ position: Int, into condition: MutableMatrixView<S>) {
    precondition(position < count, "condition \(position) of \(count)")
    precondition(condition.columns == size, "a condition of \(size) values for a model of \(condition.columns)")
    switch storage {
    case .labels(let labels, let classes):
      condition.setToZero()
      guard let index = Condition.index(of: labels[position], in: classes) else {
        preconditionFailure("the label \(labels[position]) is none of the classes \(classes)")
      }
      condition[0, index] = 1
    case .numbers(let numbers, _):
      for column in 0..<numbers.columns { condition[0, column] = S(numbers[position, column]) }
    case .columns(let values, let columns): columns.write(values.row(position), into: condition)
    }
  }

  /// The place of a label among ascending classes.
  private static func index(of label: Int, in classes: [Int]) -> Int? {
    let index = classes.isEmpty ? 0 : classes.lastIndex(ofAtMost: label)
    return index < classes.count && classes[index] == label ? index : nil
  }
}

extension Condition {
  /// Throws where there are more or fewer than data.
  public func check(count wanted: Int, of data: String) throws(VAEError) {
    if count == wanted { return }
    let advice = count == wanted + 1 ? " Where the first of them is a column's name, call it by a word." : ""
    throw VAEError(.data, "\(name) has the condition of \(count) data; there are \(wanted) data in \(data).\(advice)")
  }

  /// The columns that have some names, in the names' order; all, where either side has none.
  ///
  /// - Throws: where a column is missing, naming it.
  func selecting(_ names: [String]?) throws(VAEError) -> Condition {
    guard let names, let columnNames, names != columnNames, case .numbers(let numbers, _) = storage else { return self }
    let match = try ColumnMatch(names, in: columnNames, of: name)
    let elements = (0..<count).flatMap { row in match.indices.map { numbers[row, $0] } }
    return Condition(
      name: name, numbers: Matrix(rows: count, columns: names.count, elements: elements), columnNames: names)
  }

  /// The same as a model takes it that was made for labels of some classes, or for so many numbers where there are none.
  ///
  /// - Parameter positions: where the data lie in their set, for messages.
  /// - Throws: where a label is of none of the classes, there are labels instead of numbers or the other way round, other
  ///   numbers, or one that is not finite.
  func matching(classes wanted: [Int]?, size: Int, positions: [Range<Int>]? = nil) throws(VAEError) -> Condition {
    func position(_ index: Int) -> Int { (positions ?? [0..<count]).element(index) }
    switch (storage, wanted) {
    case (.labels(let labels, let classes), let wanted?):
      if classes == wanted { return self }
      if let index = labels.firstIndex(where: { Condition.index(of: $0, in: wanted) == nil }) {
        throw VAEError(
          .data,
          "Datum \(position(index)) has the label \(labels[index]); the model's classes are "
            + "\(ClassList(wanted)). (\(name))")
      }
      return Condition(name, count: count, .labels(labels, classes: wanted))
    case (.labels, nil):
      throw VAEError(
        .data,
        "\(name) has a label of each datum; the model takes \(size) number\(size == 1 ? "" : "s") of each instead.")
    case (.numbers, let wanted?) where size != self.size:
      throw VAEError(
        .data,
        "\(name) has \(self.size) numbers of each datum; the model takes a label, one of \(ClassList(wanted)), or as many "
          + "numbers.")
    case (.columns(_, let columns), let wanted):
      guard wanted == nil, columns.size == size else {
        throw VAEError(
          .data,
          "\(name) has the columns \(CellPlace.list(columns.names)) as a condition of \(columns.size) numbers; the model takes "
            + (wanted.map { "a label, one of \(ClassList($0))." } ?? "\(size) numbers."))
      }
      return self
    case (.numbers(let numbers, let firstNotFinite?), _) where self.size == size:
      let place = CellPlace(
        file: name, datum: position(firstNotFinite / size), column: firstNotFinite % size,
        columnName: columnNames?[firstNotFinite % size])
      throw VAEError(
        .data,
        "\(place): the condition is \(numbers[firstNotFinite / size, firstNotFinite % size]), not a finite number.")
    case (.numbers(let numbers, _), let wanted?):
      // The label itself, or a mixture of labels.
      let index = (0..<count).first { row in
        let shares = numbers.row(row)
        return !shares.allSatisfy { $0 >= 0 } || abs(shares.reduce(0, +) - 1) > 1e-3
      }
      if let index {
        throw VAEError(
          .data,
          "\(name) has the numbers \(numbers.row(index).prefix(8).map { "\($0)" }.joined(separator: ", ")) for datum "
            + "\(position(index)); the model takes a label, one of \(ClassList(wanted)), or a share of each, from 0 to 1 and 1 "
            + "in all: give the labels alone, one whole number for each datum.")
      }
      return self
    case (.numbers, nil):
      guard self.size == size else {
        throw VAEError(
          .data, "The condition has \(self.size) values of each datum, the model takes \(size): \(name).")
      }
      return self
    }
  }

  /// Throws where the condition of more data is of another kind, so that both cannot be one.
  func checkKind(of other: Condition) throws(VAEError) {
    guard (labels == nil) == (other.labels == nil), columns == other.columns, labels != nil || size == other.size else {
      throw VAEError(
        .data,
        "\(name) and \(other.name) cannot be the condition of one set: the one has \(kindText), the other \(other.kindText)."
      )
    }
  }

  private var kindText: String { labels == nil ? "\(size) numbers of each datum" : "labels" }

  /// This one, and behind it that of more data, of the same kind.
  package func appending(_ other: Condition) -> Condition {
    switch (storage, other.storage) {
    case (.labels(let first, let classes), .labels(let second, let others)):
      let all = classes == others ? classes : Set(classes).union(others).sorted()
      return Condition(name, count: count + other.count, .labels(first + second, classes: all))
    case (.numbers(let first, _), .numbers(let second, _)):
      return Condition(
        name: name,
        numbers: Matrix(rows: count + other.count, columns: size, elements: first.elements + second.elements),
        columnNames: columnNames)
    case (.columns(let first, let columns), .columns(let second, _)):
      return Condition(
        name: name, columns: columns,
        values: Matrix(
          rows: count + other.count, columns: first.columns, elements: first.elements + second.elements))
    case (.labels, _), (.numbers, _), (.columns, _): preconditionFailure("two kinds: \(name), \(other.name)")
    }
  }
}

extension Matrix {
  /// Labels as a condition `[labels.count, classes]`: 1 at the label, which must be from 0 to classes − 1, else 0.
  public static func oneHot(_ labels: [Int], classes: Int) -> Matrix {
    Condition(name: "", labels: labels, classes: Array(0..<classes)).rows(0..<labels.count)
  }
}
