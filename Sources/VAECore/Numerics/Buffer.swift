// All memory of the numerics, and the only file that allocates it. Four types:
//
//   Buffer             owns: a value with copy-on-write, aligned to 64 bytes (a cache line, an AVX-512 register); or keeps
//                      the owner of memory that it only reads.
//   MatrixView         borrows, to read: a row-major window into a buffer, valid while the buffer is alive and unchanged.
//   MutableMatrixView  borrows, to write: the same of a `var` that shares its memory with nobody, while that is so.
//   TaskResults        a place for what each task of a round leaves behind.
//
// A view is made only by a buffer or from another view, and each making checks its bounds; what receives a view
// (BLAS.swift, VectorMath.swift and its extensions) can therefore rely on them.

/// A fixed number of elements with value semantics, zero at first.
package struct Buffer<Element: Scalar>: Sendable {
  private final class Memory: @unchecked Sendable {
    // Unchecked: it is written only through a Buffer that holds the sole reference.
    let base: UnsafeMutablePointer<Element>
    let count: Int
    /// Who owns the memory, where that is somebody else: then it is never written to.
    let owner: (any Sendable)?

    init(count: Int) {
      let raw = UnsafeMutableRawPointer.allocate(
        byteCount: Swift.max(count, 1) * Element.elementType.size, alignment: 64)
      base = raw.bindMemory(to: Element.self, capacity: count)
      base.initialize(repeating: 0, count: count)
      self.count = count
      owner = nil
    }

    init(_ elements: UnsafeBufferPointer<Element>, owner: any Sendable) {
      // Where there are no elements there may be no memory.
      base = UnsafeMutablePointer(mutating: elements.baseAddress ?? UnsafePointer(bitPattern: 64)!)
      count = elements.count
      self.owner = owner
    }

    deinit { if owner == nil { UnsafeMutableRawPointer(base).deallocate() } }
  }

  private var memory: Memory

  package init(count: Int) {
    precondition(count >= 0, "a buffer of \(count) elements")
    memory = Memory(count: count)
  }

  package init(_ elements: some Collection<Element>) {
    memory = Memory(count: elements.count)
    _ = UnsafeMutableBufferPointer(start: memory.base, count: memory.count).update(fromContentsOf: elements)
  }

  /// Elements where they are, where somebody else owns them; else a copy.
  init(_ elements: SharedMemory<Element>) {
    if let (elements, owner) = elements.foreign {
      memory = Memory(elements, owner: owner)
    } else {
      self = elements.withUnsafeBufferPointer { Buffer($0) }
    }
  }

  package var count: Int { memory.count }

  package subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "index \(index) of a buffer of \(count)")
      return memory.base[index]
    }
    set {
      precondition(index >= 0 && index < count, "index \(index) of a buffer of \(count)")
      makeUnique()
      memory.base[index] = newValue
    }
  }

  package func elements(_ range: Range<Int>) -> [Element] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range \(range) of a buffer of \(count)")
    return Array(UnsafeBufferPointer(start: memory.base + range.lowerBound, count: range.count))
  }

  /// Puts as many other elements in the place of some.
  package mutating func replace(_ range: Range<Int>, by elements: [Element]) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count && elements.count == range.count,
      "\(elements.count) elements for \(range) of a buffer of \(count)")
    makeUnique()
    _ = UnsafeMutableBufferPointer(start: memory.base + range.lowerBound, count: range.count)
      .update(fromContentsOf: elements)
  }

  /// Whether some of the elements are all finite.
  func isFinite(_ range: Range<Int>) -> Bool {
    withExtendedLifetime(self) { VectorMath().isFinite(view.columns(range)) }
  }

  /// The buffer as one row, to read. The view must not outlive the buffer.
  package var view: MatrixView<Element> {
    MatrixView(base: UnsafePointer(memory.base), rows: 1, columns: count, stride: count)
  }

  /// The buffer as one row, to write: no other buffer shares its memory when this returns.
  package var mutableView: MutableMatrixView<Element> {
    mutating get {
      makeUnique()
      return MutableMatrixView(base: memory.base, rows: 1, columns: count, stride: count)
    }
  }

  private mutating func makeUnique() {
    if isKnownUniquelyReferenced(&memory) && memory.owner == nil { return }
    let copy = Memory(count: count)
    copy.base.update(from: memory.base, count: count)
    memory = copy
  }
}

extension Buffer: Equatable {
  package static func == (a: Buffer, b: Buffer) -> Bool {
    a.memory === b.memory
      || a.count == b.count && (0..<a.count).allSatisfy { a.memory.base[$0] == b.memory.base[$0] }
  }
}

/// A row-major window `[rows, columns]` into memory that somebody else owns, to read; `stride` elements lie between the
/// starts of two rows. A vector is a window of one row.
///
/// It and the window to write are two types of one layout each, and not one over the kind of pointer: where generic code
/// is not specialised, the runtime would look the type up by both parameters each time that a window is made, a fifth of
/// the time of a step of a small model.
package struct MatrixView<Element: Scalar> {
  package let base: UnsafePointer<Element>
  package let rows: Int
  package let columns: Int
  package let stride: Int

  fileprivate init(base: UnsafePointer<Element>, rows: Int, columns: Int, stride: Int) {
    self.base = base
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  package var count: Int { rows * columns }
  package var shape: String { "[\(rows), \(columns)]" }

  /// Whether the rows lie one behind the other, without gaps.
  package var isContiguous: Bool { stride == columns || rows <= 1 }

  /// Some of the rows.
  package func rows(_ range: Range<Int>) -> MatrixView {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of a matrix \(shape)")
    return MatrixView(base: base + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
  }

  /// Some of the columns.
  package func columns(_ range: Range<Int>) -> MatrixView {
    precondition(range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of a matrix \(shape)")
    return MatrixView(base: base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
  }

  /// A matrix `[rows, columns]` in the elements of this vector from `offset` on.
  package func matrix(at offset: Int = 0, rows: Int, columns: Int, stride: Int? = nil) -> MatrixView {
    let stride = stride ?? columns
    precondition(
      isContiguous && offset >= 0 && rows >= 0 && columns >= 0 && stride >= columns,
      "a matrix [\(rows), \(columns)] of stride \(stride) at \(offset) of \(shape)")
    let end = rows == 0 || columns == 0 ? 0 : (rows - 1) * stride + columns
    precondition(
      offset + end <= count, "a matrix [\(rows), \(columns)] of stride \(stride) at \(offset) of \(count) elements")
    return MatrixView(base: base + offset, rows: rows, columns: columns, stride: stride)
  }

  package subscript(row: Int, column: Int) -> Element { base[offset(row, column)] }

  /// How many elements lie before one of a row and a column.
  @inline(__always)
  fileprivate func offset(_ row: Int, _ column: Int) -> Int {
    precondition(row >= 0 && row < rows && column >= 0 && column < columns, "[\(row), \(column)] of \(shape)")
    return row * stride + column
  }
}

/// The same, to write.
package struct MutableMatrixView<Element: Scalar> {
  /// The window, to read.
  package let view: MatrixView<Element>

  fileprivate init(base: UnsafeMutablePointer<Element>, rows: Int, columns: Int, stride: Int) {
    view = MatrixView(base: UnsafePointer(base), rows: rows, columns: columns, stride: stride)
  }

  /// A window of some memory, which must outlive it.
  init(_ memory: UnsafeMutableBufferPointer<Element>, rows: Int, columns: Int) {
    precondition(memory.count == rows * columns, "\(memory.count) elements for a matrix [\(rows), \(columns)]")
    self.init(base: memory.baseAddress!, rows: rows, columns: columns, stride: columns)
  }

  /// What is a part of another window to write.
  private init(part view: MatrixView<Element>) { self.view = view }

  package var base: UnsafeMutablePointer<Element> { UnsafeMutablePointer(mutating: view.base) }
  package var rows: Int { view.rows }
  package var columns: Int { view.columns }
  package var stride: Int { view.stride }
  package var count: Int { view.count }
  package var shape: String { view.shape }

  /// Whether the rows lie one behind the other, without gaps.
  package var isContiguous: Bool { view.isContiguous }

  /// Some of the rows.
  package func rows(_ range: Range<Int>) -> MutableMatrixView { MutableMatrixView(part: view.rows(range)) }

  /// Some of the columns.
  package func columns(_ range: Range<Int>) -> MutableMatrixView { MutableMatrixView(part: view.columns(range)) }

  /// A matrix `[rows, columns]` in the elements of this vector from `offset` on.
  package func matrix(at offset: Int = 0, rows: Int, columns: Int, stride: Int? = nil) -> MutableMatrixView {
    MutableMatrixView(part: view.matrix(at: offset, rows: rows, columns: columns, stride: stride))
  }

  package subscript(row: Int, column: Int) -> Element {
    get { view[row, column] }
    nonmutating set { base[view.offset(row, column)] = newValue }
  }

  package func setToZero() {
    for row in 0..<rows { (base + row * stride).update(repeating: 0, count: columns) }
  }

  package func copy(from other: MatrixView<Element>) {
    precondition(rows == other.rows && columns == other.columns, "copy of \(other.shape) into \(shape)")
    for row in 0..<rows { (base + row * stride).update(from: other.base + row * other.stride, count: columns) }
  }
}

extension MutableMatrixView {
  /// Takes its elements from as many numbers in memory. Those of its own type are copied at once: where generic code is not
  /// specialised, one by one takes some ten times as long.
  package func copy<Number: Scalar>(from numbers: UnsafeBufferPointer<Number>) {
    precondition(isContiguous && numbers.count == count, "\(numbers.count) numbers into \(shape)")
    if Number.elementType == Element.elementType {
      UnsafeMutableRawBufferPointer(start: base, count: count * Element.elementType.size)
        .copyMemory(from: UnsafeRawBufferPointer(numbers))
    } else {
      for index in 0..<count { base[index] = Element(numbers[index]) }
    }
  }
}

/// A place for each of some tasks that run concurrently: a task writes its own, and somebody reads all of them once the tasks
/// have ended.
package final class TaskResults<Value>: @unchecked Sendable {
  // Unchecked: no two tasks have the same place, and nobody reads before the round has ended.
  private let memory: UnsafeMutableBufferPointer<Value>

  /// So many places, with a value to begin with.
  package init(count: Int, _ value: Value) {
    memory = .allocate(capacity: count)
    memory.initialize(repeating: value)
  }

  deinit { memory.deinitialize().deallocate() }

  package var count: Int { memory.count }

  package subscript(task: Int) -> Value {
    get {
      precondition(memory.indices.contains(task), "task \(task) of \(memory.count)")
      return memory[task]
    }
    set {
      precondition(memory.indices.contains(task), "task \(task) of \(memory.count)")
      memory[task] = newValue
    }
  }
}
