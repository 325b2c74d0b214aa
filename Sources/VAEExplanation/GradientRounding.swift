import VAECore

/// What rounding makes of the gradient with respect to one tensor: how far it lies from the one in double precision, ‖g − g₆₄‖ / ‖g₆₄‖,
/// Euclidean norms over the tensor's elements; 0 where both are 0.
///
/// That is no proof of a formula, and none against one: near a minimum, where the terms of a gradient cancel, the rounding of
/// each term is the larger beside their sum.
public struct GradientRounding: Sendable, Encodable {
  /// The tensor's name.
  public let name: String
  /// Of the gradient in single precision.
  public let single: Double
  /// Of the gradient in mixed precision, ``/VAECore/Precision/mixed``, whose products are of numbers of 8 bits.
  public let mixed: Double
}

extension VariationalAutoencoder<Float> {
  /// What rounding makes of the model's gradient at some data and noise, tensor by tensor.
  ///
  /// - Parameters:
  ///   - x: data `[M, D]`.
  ///   - noise: ε `[M·L, Z]`.
  ///   - condition: c `[M, C]`, where the model takes one.
  ///   - objective: what to differentiate.
  /// - Throws: where a loss is not finite.
  public func gradientRounding(
    x: Matrix<Double>, noise: Matrix<Double>, condition: Matrix<Double>? = nil, objective: Objective
  ) throws(VAEError) -> [GradientRounding] {
    let exact = try converted(to: Double.self)
      .gradient(of: x, noise: noise, condition: condition, objective: objective).gradient
    func single(_ matrix: Matrix<Double>) -> Matrix<Float> {
      Matrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map(Float.init))
    }
    func gradient(_ precision: Precision) throws(VAEError) -> Parameters<Float> {
      try self.gradient(
        of: single(x), noise: single(noise), condition: condition.map(single), objective: objective,
        precision: precision
      ).gradient
    }
    let (full, mixed) = (try gradient(.full), try gradient(.mixed))
    return exact.names.map { name in
      func distance(_ other: Parameters<Float>) -> Double {
        let squares = zip(other[name], exact[name]).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
        let norm = exact[name].reduce(0) { $0 + $1 * $1 }
        return squares == 0 ? 0 : (squares / max(norm, .leastNormalMagnitude)).squareRoot()
      }
      return GradientRounding(name: name, single: distance(full), mixed: distance(mixed))
    }
  }
}
