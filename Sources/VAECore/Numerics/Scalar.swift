/// The element types that the library computes in: `Float` for training, `Double` for checking.
///
/// Both run the same code. A finite difference in single precision proves nothing, so every derivative is tested
/// in `Double`, and training runs in `Float` for its speed. Other types cannot conform: nobody can make the
/// ``ScalarKernels`` of one.
public protocol Scalar: BitwiseCopyable, BinaryFloatingPoint, Codable, Sendable {
  /// What computes with the type.
  static var kernels: ScalarKernels<Self> { get }
}

extension Scalar {
  /// Which of the two types this is.
  public static var elementType: ElementType { kernels.type }
}

/// The proof that BLAS, LAPACK and the element-wise kernels know an element type: there is one for `Float` and one for
/// `Double`, and memory is allocated, and kernels are chosen, by it alone.
public struct ScalarKernels<Element>: Sendable {
  let type: ElementType

  fileprivate init(_ type: ElementType) { self.type = type }
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
  /// Those of `float32`.
  public static var kernels: ScalarKernels<Float> { ScalarKernels(.float32) }
}

extension Double: Scalar {
  /// Those of `float64`.
  public static var kernels: ScalarKernels<Double> { ScalarKernels(.float64) }
}
