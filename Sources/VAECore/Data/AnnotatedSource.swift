/// Data of a source with what is known of each beside its values, which is in memory: a condition, a weight.
struct AnnotatedSource: DataSource {
  private let base: any DataSource
  let condition: Condition?
  let weights: [Float]?
  let whiteLevel: WhiteLevel
  let columns: DataColumns?
  let identity: DataIdentity?

  var name: String { base.name }
  var count: Int { base.count }
  var dataSize: Int { base.dataSize }
  var imageShape: ImageShape? { base.imageShape }
  var storedType: StoredType { base.storedType }
  var origin: [Range<Int>] { base.origin }
  var storedPart: Double? { base.storedPart }
  var memoryByteCount: Int { base.memoryByteCount }

  /// A source with another condition, other weights, another white level or other columns, where they are given.
  init(
    _ base: any DataSource, condition: Condition? = nil, weights: [Float]? = nil, whiteLevel: WhiteLevel? = nil,
    columns: DataColumns? = nil
  ) {
    self.base = base
    identity = base.identity.map { _ in DataIdentity() }
    self.condition = condition ?? base.condition
    self.weights = weights ?? base.weights
    self.whiteLevel = whiteLevel ?? base.whiteLevel
    self.columns = columns ?? base.columns
  }

  func read(_ ranges: [Range<Int>]) throws(VAEError) -> Dataset {
    var dataset = try base.read(ranges).with(whiteLevel)
    dataset.condition = condition?.read(ranges)
    dataset.weights = weights.map { weights in ranges.flatMap { weights[$0] } }
    dataset.columns = columns
    return dataset
  }
}

extension DataSource {
  /// The same data, each with its condition.
  ///
  /// - Throws: where there are more or fewer conditions than data.
  public func conditioned(on condition: Condition) throws(VAEError) -> any DataSource {
    if let dataset = self as? Dataset { return try dataset.conditioned(on: condition) as Dataset }
    try condition.check(count: count, of: name)
    return AnnotatedSource(self, condition: condition)
  }

  /// The same data, each with a weight w_i in training, which scales its part of the loss and of the gradient:
  ///
  ///     E = (1/M) Σ_i w_i E_i
  ///
  /// The weights are scaled to a mean of 1. `name` is where they come from, for messages.
  ///
  /// - Throws: where there are more or fewer of them than data, one is negative or not finite, or all are 0.
  public func weighted(by weights: [Float], from name: String) throws(VAEError) -> any DataSource {
    guard weights.count == count else {
      throw VAEError(
        .data, "\(name) has the weights of \(weights.count) data; there are \(count) data in \(self.name).")
    }
    if let index = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw VAEError(
        .data, "The weight of datum \(index) is \(weights[index]); weights are finite and not negative. (\(name))")
    }
    let mean = weights.reduce(0.0) { $0 + Double($1) } / Double(max(weights.count, 1))
    guard mean > 0 else { throw VAEError(.data, "All weights are 0, so there is nothing to train on: \(name).") }
    let scaled = weights.map { Float(Double($0) / mean) }
    guard var dataset = self as? Dataset else { return AnnotatedSource(self, weights: scaled) }
    dataset.weights = scaled
    return dataset
  }
}
