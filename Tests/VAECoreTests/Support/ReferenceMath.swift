import Foundation
import VAECore

/// A number type in which libm computes references.
protocol ReferenceNumber: BinaryFloatingPoint {
  static func exponential(_ x: Self) -> Self
  static func exponentialMinusOne(_ x: Self) -> Self
  static func logarithmOfOnePlus(_ x: Self) -> Self
  static func hyperbolicTangent(_ x: Self) -> Self
  static func complementaryError(_ x: Self) -> Self
}

extension Double: ReferenceNumber {
  static func exponential(_ x: Double) -> Double { exp(x) }
  static func exponentialMinusOne(_ x: Double) -> Double { expm1(x) }
  static func logarithmOfOnePlus(_ x: Double) -> Double { log1p(x) }
  static func hyperbolicTangent(_ x: Double) -> Double { Foundation.tanh(x) }
  static func complementaryError(_ x: Double) -> Double { erfc(x) }
}

#if arch(x86_64) && os(Linux)
  extension Float80: ReferenceNumber {
    static func exponential(_ x: Float80) -> Float80 { exp(x) }
    static func exponentialMinusOne(_ x: Float80) -> Float80 { expm1(x) }
    static func logarithmOfOnePlus(_ x: Float80) -> Float80 { log1p(x) }
    static func hyperbolicTangent(_ x: Float80) -> Float80 { Foundation.tanh(x) }
    static func complementaryError(_ x: Float80) -> Float80 { erfc(x) }
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
    case .elu: x > 0 ? x : exponentialMinusOne(x)
    // Zero in the limit.
    case .silu: x == -.infinity ? 0 : x * sigmoid(x)
    case .gelu: x == -.infinity ? 0 : x * normalTail(-x)
    }
  }

  /// The derivative by its definition, as a sum of terms.
  static func slopeTerms(_ f: Activation, _ x: Self) -> [Self] {
    switch f {
    case .identity: [1]
    case .tanh: [1, -hyperbolicTangent(x) * hyperbolicTangent(x)]
    case .relu: [x > 0 ? 1 : 0]
    case .sigmoid: [sigmoid(x) * sigmoid(-x)]
    case .softplus: [sigmoid(x)]
    case .elu: [x > 0 ? 1 : exponential(x)]
    case .silu: [sigmoid(x), x * sigmoid(x) * sigmoid(-x)]
    case .gelu: [normalTail(-x), x * exponential(-x * x / 2) / (2 * Self.pi).squareRoot()]
    }
  }

  /// 1 − Φ(x), the probability of a standard normal number above x.
  static func normalTail(_ x: Self) -> Self { complementaryError(x / Self(2).squareRoot()) / 2 }
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
