import Foundation
import VAECore

/// A number type in which libm computes references.
protocol ReferenceNumber: BinaryFloatingPoint {
  static func exponential(_ x: Self) -> Self
  static func exponentialMinusOne(_ x: Self) -> Self
  static func logarithmOfOnePlus(_ x: Self) -> Self
  static func hyperbolicTangent(_ x: Self) -> Self
}

extension Double: ReferenceNumber {
  static func exponential(_ x: Double) -> Double { exp(x) }
  static func exponentialMinusOne(_ x: Double) -> Double { expm1(x) }
  static func logarithmOfOnePlus(_ x: Double) -> Double { log1p(x) }
  static func hyperbolicTangent(_ x: Double) -> Double { Foundation.tanh(x) }
}

#if arch(x86_64) && os(Linux)
  extension Float80: ReferenceNumber {
    static func exponential(_ x: Float80) -> Float80 { exp(x) }
    static func exponentialMinusOne(_ x: Float80) -> Float80 { expm1(x) }
    static func logarithmOfOnePlus(_ x: Float80) -> Float80 { log1p(x) }
    static func hyperbolicTangent(_ x: Float80) -> Float80 { Foundation.tanh(x) }
  }
#endif

/// An element type with a wider one to measure it by, as far as the platform has one.
protocol Referenced: Scalar {
  associatedtype Wide: ReferenceNumber
}

extension Float: Referenced {
  typealias Wide = Double
}

extension Double: Referenced {
  #if arch(x86_64) && os(Linux)
    typealias Wide = Float80
  #else
    typealias Wide = Double
  #endif
}

extension ReferenceNumber {
  static func sigmoid(_ x: Self) -> Self {
    x < 0 ? exponential(x) / (1 + exponential(x)) : 1 / (1 + exponential(-x))
  }

  static func softplus(_ x: Self) -> Self {
    x > 0 ? x + logarithmOfOnePlus(exponential(-x)) : logarithmOfOnePlus(exponential(x))
  }

  /// The activation by its definition.
  static func activate(_ f: Activation, _ x: Self) -> Self {
    switch f {
    case .identity: x
    case .tanh: hyperbolicTangent(x)
    case .relu: x > 0 ? x : x.isNaN ? x : 0
    case .sigmoid: sigmoid(x)
    case .softplus: softplus(x)
    }
  }
}

/// The distance of a result from the exact one in units of the result type's last place.
func errorInUlp<S: Referenced>(_ result: S, of exact: S.Wide) -> Double {
  let rounded = S(exact)
  // Infinity is right where the type has no larger number.
  if rounded.isInfinite { return result == rounded ? 0 : .infinity }
  if result.isNaN || exact.isNaN { return .infinity }
  let magnitude = rounded.magnitude
  let ulp = S.Wide(magnitude) > exact.magnitude ? magnitude.nextDown.ulp : magnitude.ulp
  return Double((S.Wide(result) - exact).magnitude / S.Wide(ulp))
}
