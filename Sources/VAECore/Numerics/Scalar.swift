/// The element types that the library computes in: `Float` for training, `Double` for checking.
///
/// Both run the same code. A finite difference in single precision proves nothing, so every derivative is tested
/// in `Double`, and training runs in `Float` for its speed. Do not conform other types: the kernels behind the
/// protocol exist for these two only.
public protocol Scalar: BinaryFloatingPoint, Codable, Sendable {
  /// Which of the two types this is.
  static var elementType: ElementType { get }
}

/// An element type by its name in safetensors files.
public enum ElementType: String, Codable, Sendable, CaseIterable {
  /// IEEE single precision, `Float`.
  case float32 = "F32"
  /// IEEE double precision, `Double`.
  case float64 = "F64"

  /// Bytes per element.
  public var size: Int {
    switch self {
    case .float32: 4
    case .float64: 8
    }
  }
}

extension Float: Scalar {
  /// `float32`
  public static var elementType: ElementType { .float32 }
}

extension Double: Scalar {
  /// `float64`
  public static var elementType: ElementType { .float64 }
}
