import VAECore

/// The chain rule of one parameter through the stages of one datum and sample.
struct ChainRule {
  let stages: [ChainStage]
  /// What the last stage is called.
  let error: String
  /// The stage of the pre-activation that the parameter adds to, and which unit that is.
  let entry: Int
  let unit: Int
  /// What the parameter is multiplied by: ∂(that unit)/∂w.
  let input: Double
  let parameter: String
  /// The derivatives of the error by the units of each stage from the entry on.
  private let derivatives: [[Double]]

  init(_ stages: [ChainStage], error: String, entry: Int, unit: Int, input: Double, parameter: String) {
    self.stages = stages
    self.error = error
    self.entry = entry
    self.unit = unit
    self.input = input
    self.parameter = parameter
    var next = [1.0]
    var derivatives = [next]
    for stage in stages[entry..<stages.count - 1].reversed() {
      next = stage.pulledBack(next)
      derivatives.append(next)
    }
    self.derivatives = derivatives.reversed()
  }

  /// ∂(error)/∂w by the distributive law: factors taken out of the sum, stage by stage.
  var total: Double { derivatives[0][unit] * input }

  /// What each unit of each stage from the entry on hands on: ∂(error)/∂(unit) · ∂(unit)/∂w. Each stage's sum is the
  /// total.
  var contributions: [[Double]] {
    var tangent = [Double](repeating: 0, count: stages[entry].values.count)
    tangent[unit] = input
    return (entry..<stages.count).map { index in
      if index > entry {
        tangent = stages[index - 1].pushedForward(tangent, count: stages[index].values.count)
      }
      return zip(tangent, derivatives[index - entry]).map { $0 * $1 }
    }
  }

  /// The sum over all paths: the largest ones with their factors, and what the others add up to.
  func paths(largest limit: Int) -> Explanation.PathSum {
    let search = PathSearch(stages, from: entry, unit: unit, limit: limit)
    var units = search.paths
    let isComplete = search.count <= Double(limit)
    // All of them in the order of the units; some of them, largest first.
    if isComplete { units.sort { $0.lexicographicallyPrecedes($1) } }
    let paths = units.map(path)
    let listed = paths.reduce(0) { $0 + $1.product }
    return Explanation.PathSum(
      total: isComplete ? listed : total, count: search.count, paths: paths, rest: isComplete ? 0 : total - listed)
  }

  private func path(_ units: [Int]) -> Explanation.Path {
    let names = units.enumerated().map { stages[entry + $0].name(of: $1, error: error) }
    var factors: [Explanation.Factor] = []
    for step in (0..<units.count - 1).reversed() where names[step] != names[step + 1] {
      factors.append(
        Explanation.Factor(
          of: names[step + 1], by: names[step],
          value: stages[entry + step].derivative(of: units[step + 1], by: units[step])))
    }
    factors.append(Explanation.Factor(of: names[0], by: parameter, value: input))
    return Explanation.Path(
      through: names.indices.dropLast().filter { $0 == 0 || names[$0] != names[$0 - 1] }.map { names[$0] },
      factors: factors, product: factors.reduce(1) { $0 * $1.value })
  }
}
