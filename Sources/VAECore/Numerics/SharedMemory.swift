/// Numbers in memory that a program owns, to be read where they are, without a copy: a mapped file, another library's array.
///
/// ```swift
/// /// A file of numbers, mapped for as long as anything refers to it. (Unchecked: nobody writes to them.)
/// final class MappedFile: @unchecked Sendable {
///   let numbers: UnsafeBufferPointer<Float>
///   init(path: String) throws { … }
///   deinit { munmap(UnsafeMutableRawPointer(mutating: numbers.baseAddress!), 4 * numbers.count) }
/// }
///
/// let file = try MappedFile(path: "measurements")
/// let data = Dataset(name: "measurements", floats: SharedMemory(file.numbers, keeping: file), dataSize: 784)
/// ```
///
/// A ``Dataset`` or a ``Matrix`` that is made of it, and each copy of those, keeps the owner. As long as any of them is
/// there, nobody may write to the memory or free it; a matrix that is changed is copied first.
public struct SharedMemory<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  // Unchecked: nobody writes to the memory, as the caller promises.
  private enum Storage {
    case array([Element])
    case foreign(UnsafeBufferPointer<Element>, owner: any Sendable)
  }

  private var storage: Storage

  /// Memory that is valid for as long as `owner` is kept.
  public init(_ elements: UnsafeBufferPointer<Element>, keeping owner: any Sendable) {
    storage = .foreign(elements, owner: owner)
  }

  /// An array's memory, which its copies share until one of them is changed, or another's of this kind; of any other
  /// collection a copy.
  init(_ elements: some Collection<Element>) {
    self = elements as? SharedMemory ?? SharedMemory(array: Array(elements))
  }

  private init(array: [Element]) { storage = .array(array) }

  /// The memory and who owns it, where that is not this.
  var foreign: (elements: UnsafeBufferPointer<Element>, owner: any Sendable)? {
    if case .foreign(let elements, let owner) = storage { (elements, owner) } else { nil }
  }

  /// Calls a function with the elements, which are valid until it returns.
  func withUnsafeBufferPointer<R, E>(_ body: (UnsafeBufferPointer<Element>) throws(E) -> R) throws(E) -> R {
    switch storage {
    case .array(let elements): return try elements.withUnsafeBufferPointer(body)
    case .foreign(let elements, let owner):
      defer { withExtendedLifetime(owner) {} }
      return try body(elements)
    }
  }

  /// The elements as an array, which shares this memory or has a copy of it that is made at once: an array that is made of
  /// a collection takes one element after the other.
  var array: [Element] {
    if case .array(let elements) = storage { elements } else { withUnsafeBufferPointer { Array($0) } }
  }

  /// Adds elements behind these.
  mutating func append(_ more: [Element]) {
    guard case .array(var elements) = storage else {
      storage = .array(array + more)
      return
    }
    // Taken out while it grows, so that it is not copied.
    storage = .array([])
    elements += more
    storage = .array(elements)
  }
}

extension SharedMemory: RandomAccessCollection {
  /// 0
  public var startIndex: Int { 0 }

  /// The number of elements.
  public var endIndex: Int {
    switch storage {
    case .array(let elements): elements.count
    case .foreign(let elements, _): elements.count
    }
  }

  /// The element at an index from 0 on.
  public subscript(index: Int) -> Element {
    precondition(index >= 0 && index < endIndex, "index \(index) of \(endIndex) elements in memory")
    return switch storage {
    case .array(let elements): elements[index]
    case .foreign(let elements, _): elements[index]
    }
  }
}
