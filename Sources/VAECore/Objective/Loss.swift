/// A loss and its two terms, in nats per datum: summed over dimensions, averaged over data and samples.
/// (With ``Likelihood/squaredError(output:)`` the reconstruction is the mean squared error instead.)
public struct Loss: Hashable, Sendable, Codable {
  /// The objective. For the evidence lower bound without free bits it is reconstruction + β·kl; for the importance-weighted
  /// bound it is the negative bound, and reconstruction + kl are −ELBO beside it.
  public var total: Double
  /// E_q[−log p(x|z)], estimated from the samples.
  public var reconstruction: Double
  /// KL(q(z|x) ‖ p(z)), without its weight; from N(0, I) in closed form, and sampled what a learned prior has that it has not.
  public var kl: Double

  /// A loss beside its terms.
  public init(total: Double, reconstruction: Double, kl: Double) {
    self.total = total
    self.reconstruction = reconstruction
    self.kl = kl
  }

  enum CodingKeys: String, CodingKey {
    case total = "loss"
    case reconstruction, kl
  }

  /// The mean of losses over different numbers of data.
  struct Mean: Hashable, Sendable, Codable {
    private var sums = Loss(total: 0, reconstruction: 0, kl: 0)
    private(set) var count = 0

    mutating func add(_ loss: Loss, count: Int) {
      sums.total += loss.total * Double(count)
      sums.reconstruction += loss.reconstruction * Double(count)
      sums.kl += loss.kl * Double(count)
      self.count += count
    }

    var value: Loss {
      let count = Double(max(count, 1))
      return Loss(total: sums.total / count, reconstruction: sums.reconstruction / count, kl: sums.kl / count)
    }
  }
}
