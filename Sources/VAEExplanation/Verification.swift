import VAECore

/// A proof, for one model, that its gradients are right: option 1 against option 2, back-propagation against difference
/// quotients, and one batch of M·L rows against a loop over data and samples.
///
/// All differences are the largest of a tensor, relative to the tensor's largest element.
public struct Verification: Sendable, Encodable {
  /// One objective's gradient with respect to one tensor.
  public struct Tensor: Sendable, Encodable {
    /// The tensor's name.
    public let name: String
    /// How many elements it has.
    public let count: Int
    /// How many of them were compared with difference quotients.
    public let quotients: Int
    /// How many more were to be, but lie at a kink, where quotients depend on their step and say nothing.
    public let kinks: Int
    /// Between the joint and the accumulated gradient; nil where the objective couples samples.
    public let accumulated: Double?
    /// Between the batch and the mean over a loop over data and samples, as far as the objective does not couple them.
    public let loop: Double
    /// Between back-propagation and central differences; nil where the gradient is none of the loss at given noise: the
    /// encoder's, unless ``/VAECore/Objective/differentiatesLoss``.
    public let centralDifference: Double?
    /// What the losses' rounding may put between these two, relative to the tensor's largest derivative, too: where the
    /// derivatives are small beside the loss, quotients show no more than this.
    public let rounding: Double

    /// Whether one of these is beyond its tolerance.
    public var isWrong: Bool {
      !(accumulated ?? 0 <= Verification.tolerance && loop <= Verification.tolerance
        && centralDifference ?? 0 <= Verification.quotientTolerance + rounding)
    }

    /// Whether none is, and there were quotients to compare with where there can be.
    public var isRight: Bool { !isWrong && (quotients > 0 || centralDifference == nil) }

    /// Whether the tensor's derivatives are large enough for quotients to show them to the tolerance.
    public var isResolved: Bool { rounding <= Verification.quotientTolerance || centralDifference == nil }

    enum CodingKeys: String, CodingKey {
      case name, count, quotients, kinks, accumulated, loop, rounding
      case centralDifference = "central_difference"
    }
  }

  /// One objective.
  public struct Result: Sendable, Encodable {
    /// What was differentiated.
    public let objective: String
    /// Its gradient with respect to each tensor.
    public let tensors: [Tensor]
  }

  /// What two orders of summation may differ by, in double precision.
  public static let tolerance = 1e-10
  /// What a difference quotient may be off by, beside its rounding.
  public static let quotientTolerance = 1e-6

  /// Each objective's result.
  public let results: [Result]
  /// Whether every difference is within its tolerance.
  public var isRight: Bool { results.allSatisfy { $0.tensors.allSatisfy(\.isRight) } }
}

extension VariationalAutoencoder<Double> {
  /// The gradient that is put to the proof.
  package typealias GradientFunction = (
    _ model: VariationalAutoencoder<Double>, _ x: Matrix<Double>, _ condition: Matrix<Double>?,
    _ noise: Matrix<Double>, _ objective: Objective, _ accumulation: GradientAccumulation
  ) throws(VAEError) -> Parameters<Double>

  /// Verifies the model's gradients at some data and noise.
  ///
  /// - Parameters:
  ///   - x: data `[M, D]`.
  ///   - noise: ε `[M·L, Z]`.
  ///   - condition: c `[M, C]`, where the model takes one.
  ///   - objectives: what to differentiate; all that the library has by default.
  ///   - limit: how many elements of each tensor to compare with difference quotients.
  ///   - seed: draws these elements.
  /// - Throws: where a loss is not finite.
  public func verify(
    x: Matrix<Double>, noise: Matrix<Double>, condition: Matrix<Double>? = nil,
    objectives: [Objective] = Objective.examples, quotientsPerTensor limit: Int, seed: UInt64 = 0
  ) throws(VAEError) -> Verification {
    try verify(
      x: x, noise: noise, condition: condition, objectives: objectives, quotientsPerTensor: limit, seed: seed
    ) { (model, x, condition, noise, objective, accumulation) throws(VAEError) in
      try model.gradient(of: x, noise: noise, condition: condition, objective: objective, accumulation: accumulation)
        .gradient
    }
  }

  /// Verifies a gradient that somebody says is the model's.
  package func verify(
    x: Matrix<Double>, noise: Matrix<Double>, condition: Matrix<Double>? = nil, objectives: [Objective],
    quotientsPerTensor limit: Int, seed: UInt64, gradient: GradientFunction
  ) throws(VAEError) -> Verification {
    var results: [Verification.Result] = []
    for objective in objectives {
      let rounding = try loss(of: x, noise: noise, condition: condition, objective: objective).quotientRounding(
        objective)
      let joint = try gradient(self, x, condition, noise, objective, .joint)
      let accumulated =
        objective.couplesSamples ? nil : try gradient(self, x, condition, noise, objective, .accumulated())
      let loop = try loopedGradient(x, condition, noise, objective, gradient)
      var tensors: [Verification.Tensor] = []
      for (index, tensor) in parameters.tensors.enumerated() {
        let name = tensor.name
        let hasQuotient = objective.differentiatesLoss || !isEncoder(tensor)
        let elements =
          hasQuotient ? chosen(limit, of: tensor.count, NoiseStream(seed: seed, purpose: .synthesis, step: index)) : []
        let scale = joint[name].reduce(0) { max($0, abs($1)) }
        func relative(_ difference: Double) -> Double {
          difference == 0 ? 0 : min(difference / max(scale, .leastNormalMagnitude), .greatestFiniteMagnitude)
        }
        func distance(_ other: [Double]) -> Double { relative(largestDifference(joint[name], other)) }
        var worst = 0.0
        var kinks = 0
        for element in elements {
          let place = tensor.shape.count == 1 ? [element] : [element / tensor.shape[1], element % tensor.shape[1]]
          let address = try parameters.address(tensor: name, index: place)
          let quotient = try centralDifference(
            of: x, noise: noise, condition: condition, objective: objective, by: address, closestTo: joint[address],
            tolerance: Verification.quotientTolerance * scale, rounding: rounding)
          if quotient.settles {
            worst = max(worst, relative(largestDifference([quotient.value], [joint[address]])))
          } else {
            kinks += 1
          }
        }
        tensors.append(
          Verification.Tensor(
            name: name, count: tensor.count, quotients: elements.count - kinks, kinks: kinks,
            accumulated: accumulated.map { distance($0[name]) }, loop: distance(loop[name]),
            centralDifference: hasQuotient ? worst : nil, rounding: relative(rounding)))
      }
      results.append(Verification.Result(objective: objective.description, tensors: tensors))
    }
    return Verification(results: results)
  }

  private func isEncoder(_ tensor: TensorLayout) -> Bool {
    tensor.offset < network.layers[network.encoderCount].weightOffset
  }

  /// The mean of the gradients of each datum with each of its samples, one by one, as far as the objective allows.
  private func loopedGradient(
    _ x: Matrix<Double>, _ condition: Matrix<Double>?, _ noise: Matrix<Double>, _ objective: Objective,
    _ gradient: GradientFunction
  ) throws(VAEError) -> Parameters<Double> {
    var mean = Parameters<Double>(network)
    let samples = noise.rows / x.rows
    let data = objective.couplesData ? x.rows : 1
    let width = objective.couplesSamples ? samples : 1
    let calls = (x.rows / data) * (samples / width)
    for first in stride(from: 0, to: x.rows, by: data) {
      for sample in stride(from: 0, to: samples, by: width) {
        let rows = (first..<first + data).flatMap { datum in
          (sample..<sample + width).flatMap { noise.row(datum * samples + $0) }
        }
        let one = try gradient(
          self, x.rows(first..<first + data), condition?.rows(first..<first + data),
          Matrix(rows: data * width, columns: noise.columns, elements: rows),
          objective, .joint)
        for index in 0..<mean.buffer.count { mean.buffer[index] += one.buffer[index] / Double(calls) }
      }
    }
    return mean
  }
}

/// Infinity where one of them is not a number.
private func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { ($1.0 - $1.1).isNaN ? .infinity : max($0, abs($1.0 - $1.1)) }
}

/// All of `count` indices, or `limit` different ones at random, in order.
private func chosen(_ limit: Int, of count: Int, _ stream: NoiseStream) -> [Int] {
  if count <= limit { return Array(0..<count) }
  var generator = PhiloxGenerator(stream)
  var indices: Set<Int> = []
  while indices.count < limit { indices.insert(generator.next(below: count)) }
  return indices.sorted()
}
