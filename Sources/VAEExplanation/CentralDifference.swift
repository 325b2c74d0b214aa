import VAECore

extension VariationalAutoencoder<Double> {
  /// ∂loss/∂w of one parameter from the loss at four neighbouring values, with an error of order h⁴:
  ///
  ///     (8 (E(w + h) − E(w − h)) − (E(w + 2h) − E(w − 2h))) / 12h
  ///
  /// - Throws: where a loss is not finite.
  public func centralDifference(
    of x: Matrix<Double>, noise: Matrix<Double>, condition: Matrix<Double>? = nil,
    objective: Objective = .evidenceLowerBound(),
    by address: ParameterAddress, step h: Double = 1e-3
  ) throws(VAEError) -> Double {
    var moved = self
    let value = parameters[address]
    func loss(_ steps: Double) throws(VAEError) -> Double {
      moved.parameters[address] = value + steps * h
      return try moved.loss(of: x, noise: noise, condition: condition, objective: objective).total
    }
    let (near, far) = (try loss(1) - loss(-1), try loss(2) - loss(-2))
    return (8 * near - far) / (12 * h)
  }

  /// The central difference that is closest to what is said to be the derivative, with other steps where it is off by
  /// more than tolerance and rounding: over a larger step the losses' rounding matters less; a quotient across a kink
  /// (ReLU's, or a bound's) is no derivative, and a smaller step may not reach the kink. No step helps a wrong
  /// derivative.
  ///
  /// Whether it settles: across a kink the quotient depends on the step, and says nothing about the derivative.
  func centralDifference(
    of x: Matrix<Double>, noise: Matrix<Double>, condition: Matrix<Double>?, objective: Objective,
    by address: ParameterAddress, closestTo derivative: Double, tolerance: Double, rounding: Double
  ) throws(VAEError) -> (value: Double, settles: Bool) {
    var closest = Double.infinity
    // As far as rounding does not decide, from one step to the next.
    var quotients: [Double] = []
    for step in [1e-3, 1e-2, 1e-4, 1e-5, 1e-6, 1e-7] {
      let quotient = try centralDifference(
        of: x, noise: noise, condition: condition, objective: objective, by: address, step: step)
      if abs(quotient - derivative) < abs(closest - derivative) { closest = quotient }
      if abs(closest - derivative) <= tolerance + rounding { return (closest, true) }
      if step == 1e-2 {
        quotients.insert(quotient, at: 0)
      } else if step == 1e-3 || rounding * 1e-3 / step <= tolerance {
        quotients.append(quotient)
      }
    }
    let settles = zip(quotients, quotients.dropFirst()).contains { abs($0 - $1) <= tolerance + rounding }
    return (closest, settles)
  }
}

extension Loss {
  /// What rounding may put into a central difference of this loss: a few units in the last place of its terms, over a
  /// step of 10⁻³. A derivative that is smaller than this cannot be told from zero by a quotient.
  func quotientRounding(_ objective: Objective) -> Double {
    8 * max(abs(reconstruction), objective.beta != nil ? abs(total - reconstruction) : kl, 1).ulp / 1e-3
  }
}
