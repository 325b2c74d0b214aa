import VAECore

/// The largest difference of two vectors, relative to the larger of their largest elements: zeros among ordinary
/// elements are compared absolutely.
package func relativeDifference(_ a: [Double], _ b: [Double]) -> Double {
  precondition(a.count == b.count && !a.isEmpty)
  let scale = max(a.map(abs).max()!, b.map(abs).max()!)
  let difference = zip(a, b).map { abs($0 - $1) }.max()!
  // NaN in either must not pass for agreement.
  if a.contains(where: \.isNaN) || b.contains(where: \.isNaN) { return .infinity }
  return scale == 0 ? 0 : difference / scale
}

/// The largest relative difference of any tensor, with its name.
package func worstTensor<S: Scalar>(_ a: Parameters<S>, _ b: (String) -> [Double]) -> (name: String, difference: Double)
{
  a.names.map { ($0, relativeDifference(a[$0].map(Double.init), b($0))) }.max { $0.1 < $1.1 }!
}
