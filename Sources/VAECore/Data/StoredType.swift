/// How a number is stored in a file of data.
public enum StoredType: String, Sendable, CaseIterable, Codable {
  /// An unsigned byte, which stands for value/255.
  case uint8 = "U8"
  /// A byte that says no (0) or yes (anything else), read as 0 and 1.
  case bool = "BOOL"
  /// IEEE half precision.
  case float16 = "F16"
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

  /// Whether values are integers.
  public var isInteger: Bool {
    switch self {
    case .uint8: true
    case .bool, .float16, .float32, .float64: false
    }
  }

  /// Bytes of a value in a file.
  public var size: Int {
    switch self {
    case .uint8, .bool: 1
    case .float16: 2
    case .float32: 4
    case .float64: 8
    }
  }

  /// Whether a `Float` holds every value exactly.
  public var fitsInFloat: Bool {
    switch self {
    case .uint8, .bool, .float16, .float32: true
    case .float64: false
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

  /// The numbers that a file's bytes stand for, in the caller's precision.
  func elements<Element: Scalar>(
    _ bytes: [UInt8], isBigEndian: Bool = false, as type: Element.Type = Element.self
  ) -> [Element] {
    precondition(bytes.count % size == 0, "\(bytes.count) bytes of \(self)")
    return bytes.withUnsafeBytes { bytes in
      func each<T: FixedWidthInteger>(_ number: (T) -> Element) -> [Element] {
        (0..<bytes.count / MemoryLayout<T>.size).map { index in
          let bits = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self)
          return number(isBigEndian ? T(bigEndian: bits) : T(littleEndian: bits))
        }
      }
      return switch self {
      case .uint8: each { (bits: UInt8) in Element(bits) / 255 }
      case .bool: each { (bits: UInt8) in bits == 0 ? 0 : 1 }
      case .float16: each { (bits: UInt16) in Element(Float(halfPrecision: bits)) }
      case .float32: each { (bits: UInt32) in Element(Float(bitPattern: bits)) }
      case .float64: each { (bits: UInt64) in Element(Double(bitPattern: bits)) }
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
