import Foundation

/// Random numbers of the usual distributions, one after the other, from a sequence that a seed and a place determine
/// (``ObservationNoise``).
public struct RandomNumbers: RandomNumberGenerator, Sendable {
  private var generator: PhiloxGenerator

  package init(_ generator: PhiloxGenerator) { self.generator = generator }

  /// 64 random bits.
  public mutating func next() -> UInt64 { generator.next() }

  /// A draw from the uniform distribution on (0, 1): neither bound is ever drawn, so that logarithms of it and of what is
  /// left to 1 are finite.
  public mutating func uniform() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

  /// A draw from N(0, 1), of two uniform ones (Box and Muller 1958).
  public mutating func normal() -> Double {
    let radius = sqrt(-2 * log(uniform()))
    return radius * cos(2 * .pi * uniform())
  }

  /// The index of one of some classes, drawn in proportion to e^logit.
  ///
  /// - Parameters:
  ///   - count: how many classes there are.
  ///   - logit: that of a class; −∞ where it is impossible, but not of all.
  public mutating func index(count: Int, logit: (Int) -> Double) -> Int {
    precondition(count > 0, "one of no classes")
    var highest = -Double.infinity
    for index in 0..<count { highest = max(highest, logit(index)) }
    var sum = 0.0
    for index in 0..<count { sum += exp(logit(index) - highest) }
    var rest = uniform() * sum
    var last = 0
    for index in 0..<count {
      let weight = exp(logit(index) - highest)
      if weight == 0 { continue }
      if rest < weight { return index }
      rest -= weight
      last = index
    }
    // What rounding has left over is the last one's.
    return last
  }

  /// A draw from the Gamma distribution of a shape and the scale 1, its mean being the shape: Marsaglia and Tsang (2000),
  /// "A simple method for generating gamma variables".
  public mutating func gamma(shape: Double) -> Double {
    precondition(shape > 0, "a Gamma distribution of the shape \(shape)")
    if shape < 1 { return gamma(shape: shape + 1) * pow(uniform(), 1 / shape) }
    let d = shape - 1.0 / 3
    let c = 1 / sqrt(9 * d)
    while true {
      let x = normal()
      let v = pow(1 + c * x, 3)
      if v > 0, log(uniform()) < x * x / 2 + d * (1 - v + log(v)) { return d * v }
    }
  }

  /// A draw from the Poisson distribution of a mean. Small ones count the steps of a sum of exponential times; large ones are
  /// Hörmann's (1993), "The transformed rejection method for generating Poisson random variables" (PTRS).
  public mutating func poisson(mean: Double) -> Double {
    precondition(mean >= 0, "a Poisson distribution of the mean \(mean)")
    if mean < 10 {
      var (count, product) = (0.0, uniform())
      let threshold = exp(-mean)
      while product > threshold {
        count += 1
        product *= uniform()
      }
      return count
    }
    let b = 0.931 + 2.53 * sqrt(mean)
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let vr = 0.9277 - 3.6224 / (b - 2)
    while true {
      let u = uniform() - 0.5
      let v = uniform()
      let us = 0.5 - abs(u)
      let k = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
      if us >= 0.07 && v <= vr { return k }
      if k < 0 || us < 0.013 && v > us { continue }
      if log(v * inverseAlpha / (a / (us * us) + b)) <= k * log(mean) - mean - lgamma(k + 1) { return k }
    }
  }
}
