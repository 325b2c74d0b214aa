import Foundation

/// Columns of numbers, each with the density of a ``MixtureColumn``, all of them described by the same.
///
/// Outputs o: of each column the logits of P points and K components, then of each column K means, then K log-scales. With the
/// column's shares w and components of means m⁰ and deviations s⁰, all in its unit, in which x is y,
///
///     l_j = log w_j + o_j,   m_k = m⁰_k + s⁰_k·o_k,   log s_k = log s⁰_k + o_k,   π = softmax(l)
///     p(x|z) = Σ_j π_j [x is point j] + Σ_k π_k ∫ N(t; m_k, s_k²) dt     over half an interval to both sides of y
///     p(x|z) = π_j at point j, else Σ_k π_k N(y; m_k, s_k²) / deviation  without an interval
///
/// Within a tolerance, an interval of twice as much takes the other's place, and all points in it count.
///
/// Both add up to 1: the components' density at a point is that of a set of measure 0. Outputs of 0 are the column's own mixture.
struct MixtureLikelihood: LikelihoodKernel {
  static let name = "mixture"
  static let usual = Self()
  static let refusals = [outputActivationSetting: "it takes logits, means and log-scales as they are"]

  /// What each column is.
  var column: MixtureColumn { didSet { standard = column.standard } }
  private(set) var standard: StandardMixture

  init(_ column: MixtureColumn = MixtureColumn()) {
    self.column = column
    standard = column.standard
  }

  private static let componentFormula = "N(x; OA_mean, e^(2 OA_log-scale))"

  var formula: String {
    let points = column.points.isEmpty ? "" : "[x a point] π + "
    let within = column.interval > 0 ? " within \(SettingValue.number(column.interval / 2).exactText) of x" : ""
    return "−log p(x|z) = −Σ_j log [\(points)Σ_k π_k \(Self.componentFormula)\(within)], π = softmax OA"
  }

  var domain: ValueDomain? { .finite }

  var term: ReconstructionTerm {
    column.interval > 0 ? .probability : column.points.isEmpty ? .density : .densityAndProbability
  }

  var hasMinimum: Bool { true }
  var takesBinarized: Bool { false }

  func isReal(dataSize: Int) -> [Bool] { Array(repeating: false, count: dataSize) }

  func outputs(dataSize: Int) -> [LayerOutput] {
    let (points, components) = (standard.points.count, standard.componentCount)
    return [
      LayerOutput(name: OutputName.mean, size: dataSize * (points + components)),
      LayerOutput(name: OutputName.componentMean, size: dataSize * components),
      LayerOutput(name: OutputName.logScale, size: dataSize * components),
    ]
  }

  func validate(dataSize: Int) throws(VAEError) {
    if let objection = column.objection {
      throw VAEError(.configuration, "The mixture likelihood's column \(objection).")
    }
  }

  func evaluate<S>(_ rows: LikelihoodRows<S>, math: VectorMath<S>) { math.mixture(rows, standard) }

  func within(_ deviations: Double) -> (any LikelihoodKernel)? {
    var within = self
    within.standard.reach = deviations * column.deviation
    within.standard.interval = max(column.interval, 2 * within.standard.reach)
    return within
  }

  var hasFeatures: Bool { true }
  func featureCount(dataSize: Int) -> Int { dataSize * (1 + standard.points.count) }

  func writeFeatures<S>(of x: MatrixView<S>, into features: MutableMatrixView<S>, math: VectorMath<S>) {
    math.mixtureFeatures(of: x, standard, into: features)
  }

  /// A point or a value of the column's unit and interval, both as likely.
  func example(_ draws: ArraySlice<Double>) -> [Double] {
    draws.map { draw in
      let points = column.points
      if !points.isEmpty && draw < 0.5 { return points[min(Int(2 * draw * Double(points.count)), points.count - 1)] }
      let value = column.mean + column.deviation * 3 * (draw - 0.5)
      return column.interval > 0 ? (value / column.interval).rounded() * column.interval : value
    }
  }

  // MARK: In plain arithmetic

  /// Where the logits, the means and the log-scales of a column among `columns` stand in the outputs.
  func places(of index: Int, columns: Int) -> (logits: Range<Int>, means: Range<Int>, logScales: Range<Int>) {
    let components = standard.componentCount
    let count = standard.points.count + components
    let (second, third) = (columns * count, columns * (count + components))
    return (
      index * count..<(index + 1) * count, second + index * components..<second + (index + 1) * components,
      third + index * components..<third + (index + 1) * components
    )
  }

  /// l, m and log s of a column.
  private func activated(
    _ o: some RandomAccessCollection<Double>, _ place: (logits: Range<Int>, means: Range<Int>, logScales: Range<Int>)
  ) -> (logits: [Double], means: [Double], logScales: [Double]) {
    let bounds = standard.bounds
    let o = Array(o)
    return (
      zip(standard.logWeights, o[place.logits]).map { $0 + $1 },
      standard.means.indices.map {
        standard.means[$0] + exp(standard.logDeviations[$0]) * o[place.means][place.means.lowerBound + $0]
      },
      zip(standard.logDeviations, o[place.logScales]).map { min(max($0 + $1, bounds.lowerBound), bounds.upperBound) }
    )
  }

  /// p(x|z) of a column among `columns`, from the outputs of a row.
  func distribution(
    of index: Int, columns: Int, outputs: some RandomAccessCollection<Double>
  ) -> MixtureColumn.Distribution {
    let (logits, means, logScales) = activated(outputs, places(of: index, columns: columns))
    let highest = logits.max()!
    let powers = logits.map { exp($0 - highest) }
    let sum = powers.reduce(0, +)
    let (points, components) = (powers.prefix(standard.points.count), powers.dropFirst(standard.points.count))
    let share = components.reduce(0, +)
    return MixtureColumn.Distribution(
      points: points.map { $0 / sum }, share: share / sum,
      components: NormalMixture(
        weights: share > 0 ? Array(components) : components.map { _ in 1 },
        means: means.map { column.mean + column.deviation * $0 },
        deviations: logScales.map { column.deviation * exp($0) }))
  }

  /// Σ_j π_j point_j + Σ_k π_k m_k, in the column's own unit; of a column with an interval, but for what rounding a number to it
  /// does to its mean.
  func mean<S>(of outputs: MatrixView<S>, into means: MutableMatrixView<S>, math: VectorMath<S>) {
    forEachRow(outputs, into: means) { outputs, means in
      for index in means.indices {
        let p = distribution(of: index, columns: means.count, outputs: outputs)
        means[index] =
          zip(p.points, column.points).reduce(0) { $0 + $1.0 * $1.1 }
          + p.share * zip(p.components.weights, p.components.means).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
  }

  /// With OA = (l ∣ m ∣ log s).
  func terms(x: [Double], preActivations o: [Double]) -> OutputTerms {
    var loss = 0.0
    var (activations, slopes, derivatives) = (o, o.map { _ in 1.0 }, o.map { _ in 0.0 })
    for (index, value) in x.enumerated() {
      let place = places(of: index, columns: x.count)
      let (logits, means, logScales) = activated(o, place)
      let y = (value - column.mean) / column.deviation
      let points = standard.points.map { abs($0 - value) <= standard.reach }
      /// log f, with its derivatives by m and by log s.
      let components = zip(means, logScales).map { m, t -> (log: Double, byMean: Double, byLogScale: Double) in
        let c = (y - m) * exp(-t)
        if standard.interval == 0 {
          if points.contains(true) { return (-.infinity, 0, 0) }
          return (-0.5 * c * c - t - 0.5 * log(2 * .pi) - log(column.deviation), c * exp(-t), c * c - 1)
        }
        let mass = IntervalMass(centre: c, halfWidth: 0.5 * standard.interval / column.deviation * exp(-t))
        return (mass.logarithm, mass.mean * exp(-t), mass.squareLessOne)
      }
      let terms = zip(logits, points.map { $0 ? 0 : -.infinity } + components.map(\.log)).map { $0 + $1 }
      let (best, highest) = (terms.max()!, logits.max()!)
      let (joint, total) = (
        terms.reduce(0) { $0 + exp($1 - best) }, logits.reduce(0) { $0 + exp($1 - highest) }
      )
      loss += highest + log(total) - best - log(joint)
      activations.replaceSubrange(place.logits, with: logits)
      activations.replaceSubrange(place.means, with: means)
      activations.replaceSubrange(place.logScales, with: logScales)
      for (j, output) in place.logits.enumerated() {
        derivatives[output] = exp(logits[j] - highest) / total - exp(terms[j] - best) / joint
      }
      for (k, component) in components.enumerated() {
        let share = exp(terms[points.count + k] - best) / joint
        let (byMean, byLogScale) = (place.means.lowerBound + k, place.logScales.lowerBound + k)
        derivatives[byMean] = share > 0 ? -share * component.byMean : 0
        derivatives[byLogScale] = share > 0 ? -share * component.byLogScale : 0
        slopes[byMean] = exp(standard.logDeviations[k])
        slopes[byLogScale] = logScales[k] == standard.logDeviations[k] + o[byLogScale] ? 1 : 0
      }
    }
    return OutputTerms(loss: loss, activations: activations, slopes: slopes, derivatives: derivatives)
  }
}

extension Likelihood {
  /// Columns of numbers, each with a mixture of normal distributions and points as its density: −log p(x|z) =
  /// −Σ log (Σ_j π_j [x is point j] + Σ_k π_k N(x; m_k, s_k²)), where the weights π, the means m and the deviations s are outputs,
  /// relative to those of the column.
  ///
  /// At a point of a column without ``MixtureColumn/interval`` the mass π_j alone counts; elsewhere it is a density in the column's
  /// own unit. With an interval, N is the mass of all numbers that are nearer to x than to its neighbours, and p(x|z) a
  /// probability.
  ///
  /// The encoder takes, of each column, its number in the column's unit, held between −8 and 8, and a one or a zero for each
  /// point. Data stay in their own unit; whole numbers above 2²⁴ need a model of `Double`.
  public static func mixture(_ column: MixtureColumn) -> Likelihood { Likelihood(MixtureLikelihood(column)) }
}
