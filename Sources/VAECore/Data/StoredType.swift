/// How a number is stored in a file of data; the raw values are the names that safetensors has for them.
public enum StoredType: String, Sendable, CaseIterable, Codable {
  /// A byte that says no (0) or yes (anything else), read as 0 and 1.
  case bool = "BOOL"
  /// An unsigned byte, which stands for value/255.
  case uint8 = "U8"
  /// A signed byte.
  case int8 = "I8"
  /// An unsigned integer of 16 bits.
  case uint16 = "U16"
  /// A signed integer of 16 bits.
  case int16 = "I16"
  /// An unsigned integer of 32 bits.
  case uint32 = "U32"
  /// A signed integer of 32 bits.
  case int32 = "I32"
  /// An unsigned integer of 64 bits, of those that a `Double` holds.
  case uint64 = "U64"
  /// A signed integer of 64 bits, of those that a `Double` holds.
  case int64 = "I64"
  /// IEEE half precision.
  case float16 = "F16"
  /// The upper half of IEEE single precision.
  case bfloat16 = "BF16"
  /// IEEE single precision.
  case float32 = "F32"
  /// IEEE double precision.
  case float64 = "F64"

  /// How elements of a type are stored.
  init(_ type: ElementType) {
    self =
      switch type {
      case .float32: .float32
      case .float64: .float64
      }
  }

  /// Bytes of a value in a file.
  public var size: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  /// Whether values are whole numbers: booleans are 0 and 1.
  public var isInteger: Bool { !isFloatingPoint }

  /// Whether values are floating-point numbers, which can be missing (NaN).
  public var isFloatingPoint: Bool {
    switch self {
    case .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64: false
    case .float16, .bfloat16, .float32, .float64: true
    }
  }

  /// Whether a `Float` holds every value exactly.
  public var fitsInFloat: Bool {
    switch self {
    case .bool, .uint8, .int8, .uint16, .int16, .float16, .bfloat16, .float32: true
    case .uint32, .int32, .uint64, .int64, .float64: false
    }
  }

  /// How a value is kept in memory: bytes stay bytes, what fits into a `Float` is one, and all else is a `Double`.
  var memoryType: StoredType {
    switch self {
    case .uint8: .uint8
    default: fitsInFloat ? .float32 : .float64
    }
  }

  /// Bytes of a value in memory: one of bytes, four of what fits into a `Float`, and eight of all else.
  public var memorySize: Int { memoryType.size }
}

extension StoredType: CustomStringConvertible {
  /// "bytes", "16-bit integers", "double precision"
  public var description: String {
    switch self {
    case .bool: "booleans"
    case .uint8: "bytes"
    case .int8: "signed bytes"
    case .uint16: "unsigned 16-bit integers"
    case .int16: "16-bit integers"
    case .uint32: "unsigned 32-bit integers"
    case .int32: "32-bit integers"
    case .uint64: "unsigned 64-bit integers"
    case .int64: "64-bit integers"
    case .float16: "half precision"
    case .bfloat16: "bfloat16"
    case .float32: "single precision"
    case .float64: "double precision"
    }
  }
}

// MARK: Reading

extension StoredType {
  /// The numbers that stand in a file's bytes, in the caller's precision. A `Double` holds them exactly, but for integers of
  /// 64 bits that ``firstInexact(_:isBigEndian:)`` finds.
  func elements<Element: Scalar>(
    _ bytes: [UInt8], isBigEndian: Bool = false, as type: Element.Type = Element.self
  ) -> [Element] {
    precondition(bytes.count % size == 0, "\(bytes.count) bytes of \(self)")
    if !isBigEndian && self == StoredType(Element.elementType) { return [Element](littleEndianBytes: bytes) }
    func each<T: FixedWidthInteger & UnsignedInteger>(_ number: (T) -> Element) -> [Element] {
      StoredType.map(bytes, isBigEndian, number)
    }
    return switch self {
    case .bool: each { (bits: UInt8) in bits == 0 ? 0 : 1 }
    case .uint8: each { (bits: UInt8) in Element(bits) }
    case .int8: each { (bits: UInt8) in Element(Int8(bitPattern: bits)) }
    case .uint16: each { (bits: UInt16) in Element(bits) }
    case .int16: each { (bits: UInt16) in Element(Int16(bitPattern: bits)) }
    case .uint32: each { (bits: UInt32) in Element(bits) }
    case .int32: each { (bits: UInt32) in Element(Int32(bitPattern: bits)) }
    case .uint64: each { (bits: UInt64) in Element(bits) }
    case .int64: each { (bits: UInt64) in Element(Int64(bitPattern: bits)) }
    case .float16: each { (bits: UInt16) in Element(Float(halfPrecision: bits)) }
    case .bfloat16: each { (bits: UInt16) in Element(Float(bitPattern: UInt32(bits) << 16)) }
    case .float32: each { (bits: UInt32) in Element(Float(bitPattern: bits)) }
    case .float64: each { (bits: UInt64) in Element(Double(bitPattern: bits)) }
    }
  }

  /// The first of a file's numbers that a `Double` does not hold, with its place among them: an integer of 64 bits beyond
  /// 2⁵³. Of other types there are none, and nothing is looked at.
  func firstInexact(_ bytes: [UInt8], isBigEndian: Bool) -> (index: Int, text: String)? {
    func first<T: FixedWidthInteger>(_ type: T.Type) -> (index: Int, text: String)? {
      let numbers = StoredType.map(bytes, isBigEndian) { (bits: UInt64) in T(truncatingIfNeeded: bits) }
      return numbers.firstIndex { Double(exactly: $0) == nil }.map { ($0, "\(numbers[$0])") }
    }
    return switch self {
    case .uint64: first(UInt64.self)
    case .int64: first(Int64.self)
    case .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .float16, .bfloat16, .float32, .float64: nil
    }
  }

  /// What a function makes of the bits of each number.
  private static func map<T: FixedWidthInteger, Number>(
    _ bytes: [UInt8], _ isBigEndian: Bool, _ number: (T) -> Number
  ) -> [Number] {
    bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / MemoryLayout<T>.size).map { index in
        let bits = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self)
        return number(isBigEndian ? T(bigEndian: bits) : T(littleEndian: bits))
      }
    }
  }
}

extension Float {
  /// The number that a half's bits stand for. (`Float16` does not exist on every processor.)
  init(halfPrecision bits: UInt16) {
    let sign: Float = bits >> 15 == 0 ? 1 : -1
    let (exponent, fraction) = (UInt32(bits >> 10 & 0x1f), UInt32(bits & 0x3ff))
    let magnitude: Float =
      switch exponent {
      case 0: Float(fraction) * 0x1p-24
      case 31: Float(bitPattern: 0x7f80_0000 | fraction << 13)
      default: Float(bitPattern: (exponent + 112) << 23 | fraction << 13)
      }
    self = magnitude * sign
  }
}
