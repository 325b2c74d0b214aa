/// How a number is stored in a file of data.
public enum StoredType: String, Sendable, CaseIterable, Codable {
  /// An unsigned byte, which stands for value/255.
  case uint8 = "U8"
  /// IEEE half precision.
  case float16 = "F16"
  /// IEEE single precision.
  case float32 = "F32"
  /// IEEE double precision, rounded to single precision when it is read.
  case float64 = "F64"

  /// Bytes of a value in a file.
  public var size: Int {
    switch self {
    case .uint8: 1
    case .float16: 2
    case .float32: 4
    case .float64: 8
    }
  }

  /// Bytes of a value in memory, where bytes stay bytes and all else is a `Float`.
  public var memorySize: Int { self == .uint8 ? 1 : 4 }

  /// The numbers that a file's bytes stand for; not for `uint8`, which stay as they are.
  func floats(_ bytes: [UInt8], isBigEndian: Bool) -> [Float] {
    precondition(self != .uint8 && bytes.count % size == 0, "\(bytes.count) bytes of \(self)")
    return bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / size).map { index in
        func load<T: FixedWidthInteger>(_ type: T.Type) -> T {
          let bits = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self)
          return isBigEndian ? T(bigEndian: bits) : T(littleEndian: bits)
        }
        return switch self {
        case .float16: Float(halfPrecision: load(UInt16.self))
        case .float32: Float(bitPattern: load(UInt32.self))
        case .float64: Float(Double(bitPattern: load(UInt64.self)))
        case .uint8: preconditionFailure("bytes are no numbers")
        }
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
