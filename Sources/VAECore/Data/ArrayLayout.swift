/// How data lie in the bytes of a file, from the end of a header on: one behind the other, or, where the first dimension
/// changes fastest (Fortran order), the first value of all of them, then the second, and so on.
public struct ArrayLayout: Sendable, Equatable {
  /// N
  public let count: Int
  /// D
  public let dataSize: Int
  /// The shape of the data as images, where they are images.
  public let imageShape: ImageShape?
  /// How values are stored.
  public let type: StoredType
  /// Whether the most significant byte of a value comes first.
  public let isBigEndian: Bool
  /// Whether the same value of all data lies together, and not all values of a datum.
  public let isByColumns: Bool
  /// The bytes before the first datum.
  public private(set) var offset: Int
  /// Whether nothing may follow behind the last datum.
  private(set) var endsFile = true

  /// The bytes of one datum.
  var datumByteCount: Int { dataSize * type.size }
  /// The bytes of all data.
  package var byteCount: Int { count * datumByteCount }
  /// Where the last datum ends.
  package var end: Int { offset + byteCount }

  /// A layout of data with the dimensions of an array, the first counting data: `[N, D]` for vectors, `[N, H, W]`, or
  /// `[N, 1, H, W]` or `[N, H, W, 1]`, for images; where vectors are allowed in place of matrices, `[N]` is `[N, 1]`.
  ///
  /// - Throws: where there are more or fewer dimensions, a datum is empty, or the bytes are beyond counting.
  public init(
    dimensions: [Int], type: StoredType, isBigEndian: Bool, isInFortranOrder: Bool = false, offset: Int,
    allowingVectors: Bool = false, path: String
  ) throws(VAEError) {
    guard dimensions.dropFirst().allSatisfy({ $0 > 0 }) else {
      throw VAEError(.file, "\(path): data of \(ArrayLayout.text(dimensions)) elements are empty.")
    }
    let shape = try ArrayLayout.shape(dimensions, allowingVectors, path)
    var size = type.size
    var isCountable = true
    // Where there are no data, one must be countable all the same.
    for dimension in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: max(dimension, 1))
      isCountable = isCountable && !overflow
      size = product
    }
    // Eight bytes of memory a value, and those that hold them while they are read.
    guard isCountable, !size.multipliedReportingOverflow(by: 16).overflow,
      !offset.addingReportingOverflow(size).overflow
    else {
      throw VAEError(
        .file, "\(path) cannot hold what its header promises: \(ArrayLayout.text(dimensions)) elements.")
    }
    count = shape[0]
    dataSize = shape.dropFirst().reduce(1, *)
    imageShape = shape.count == 3 ? ImageShape(height: shape[1], width: shape[2]) : nil
    self.type = type
    self.isBigEndian = isBigEndian
    // Of one dimension, and of others that count one thing each, there is no order.
    isByColumns = isInFortranOrder && shape.count { $0 > 1 } > 1
    self.offset = offset
  }

  /// Those of the dimensions that count something: two of vectors, three of images.
  private static func shape(
    _ dimensions: [Int], _ allowingVectors: Bool, _ path: String
  ) throws(VAEError) -> [Int] {
    switch dimensions.count {
    case 1 where allowingVectors: return dimensions + [1]
    case 2, 3: return dimensions
    case 4 where dimensions[1] == 1: return [dimensions[0], dimensions[2], dimensions[3]]
    case 4 where dimensions[3] == 1: return Array(dimensions[..<3])
    default: break
    }
    let number = dimensions.count == 1 ? "one dimension" : "\(dimensions.count) dimensions"
    let advice =
      switch dimensions.count {
      case 0: "it is one number"
      case 1: "it may hold labels or weights; as data of one value each it is x.reshape(-1, 1)"
      default: "give vectors, x.reshape(len(x), -1), or one channel of pictures in colour, x[..., 0]"
      }
    throw VAEError(
      .file,
      "\(path) has \(number)\(dimensions.isEmpty ? "" : " (\(text(dimensions)))"); images have three, N × H × W, vectors "
        + "two, N × D: \(advice).")
  }

  /// "5 × 3", for messages.
  package static func text(_ dimensions: [Int]) -> String {
    dimensions.prefix(8).map { "\($0)" }.joined(separator: " × ") + (dimensions.count > 8 ? " × …" : "")
  }

  /// The same behind `bytes` others, and with others behind it.
  package func embedded(behind bytes: Int) -> ArrayLayout {
    var layout = self
    layout.offset += bytes
    layout.endsFile = false
    return layout
  }

  // MARK: Places

  /// Where some data lie that lie one behind the other.
  func place(of data: Range<Int>) -> Range<Int> {
    offset + data.lowerBound * datumByteCount..<offset + data.upperBound * datumByteCount
  }

  /// The bytes of one column, where data lie by columns.
  var columnByteCount: Int { count * type.size }

  /// Where some columns lie, counted as they do.
  func place(ofColumns columns: Range<Int>) -> Range<Int> {
    offset + columns.lowerBound * columnByteCount..<offset + columns.upperBound * columnByteCount
  }

  /// Where a column of some of the data lies.
  func place(ofColumn column: Int, of data: Range<Int>) -> Range<Int> {
    let start = offset + column * columnByteCount
    return start + data.lowerBound * type.size..<start + data.upperBound * type.size
  }

  /// Which value of a datum a column holds: of images, too, the first of the file's dimensions changes fastest.
  func value(inColumn column: Int) -> Int {
    guard let imageShape else { return column }
    return column % imageShape.height * imageShape.width + column / imageShape.height
  }

  /// Some data, in pieces of not much more than so many bytes.
  func pieces(of ranges: [Range<Int>], bytes: Int) -> [Range<Int>] {
    let most = max(1, bytes / datumByteCount)
    return ranges.flatMap { range in
      precondition(range.lowerBound >= 0 && range.upperBound <= count, "data \(range) of \(count)")
      return stride(from: range.lowerBound, to: range.upperBound, by: most).map {
        $0..<min($0 + most, range.upperBound)
      }
    }
  }

  // MARK: What is wrong

  /// Throws where some data, the first of them at a position, hold an integer that a `Double` does not.
  func check(_ bytes: [UInt8], from position: Int, _ path: String) throws(VAEError) {
    guard let (index, number) = type.firstInexact(bytes, isBigEndian: isBigEndian) else { return }
    throw VAEError(
      .data,
      "\(CellPlace(file: path, datum: position + index / dataSize, column: index % dataSize)) is \(number), which double "
        + "precision does not hold: leave the column out, or subtract a number from it first. Is it an identifier?")
  }

  func truncated(_ path: String, there: Int) -> VAEError {
    VAEError(
      .file,
      "\(path) is truncated: its header promises \(count) data of \(datumByteCount) bytes, "
        + "\(max(there, 0) / max(datumByteCount, 1)) are there.")
  }

  func goesOn(_ path: String) -> VAEError {
    VAEError(
      .file,
      "\(path) goes on behind the \(count) data that its header promises: the count or the file is wrong.")
  }
}

/// Puts data together that lie by columns.
struct RowAssembly {
  private let layout: ArrayLayout
  /// The data so far, one behind the other; what has not come yet is 0.
  private(set) var bytes: [UInt8]
  private var column = 0

  /// So many data, their columns to come in the file's order.
  init(_ layout: ArrayLayout, count: Int) {
    self.layout = layout
    bytes = Array(repeating: 0, count: count * layout.datumByteCount)
  }

  /// Takes the next column's values.
  mutating func append(_ values: ArraySlice<UInt8>) {
    let size = layout.type.size
    var place = layout.value(inColumn: column) * size
    var byte = 0
    for value in values {
      bytes[place + byte] = value
      byte += 1
      if byte == size {
        byte = 0
        place += layout.datumByteCount
      }
    }
    column += 1
  }
}
