/// How weights start. Biases start at zero.
///
/// n_in and n_out are a tensor's numbers of inputs and outputs.
public enum Initializer: Hashable, Sendable {
  /// N(0, σ²); Kingma and Welling (2013) use 0.01.
  case normal(standardDeviation: Double)
  /// U(−a, a) with a = √(6 / (n_in + n_out)): Glorot and Bengio (2010), "Understanding the difficulty of training
  /// deep feedforward neural networks".
  case glorot
  /// N(0, 2 / n_in): He et al. (2015), "Delving deep into rectifiers".
  case he
  /// A uniformly distributed matrix with orthonormal rows or columns, whichever are fewer: Saxe et al. (2013),
  /// "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks".
  case orthogonal

  /// Fills a weight tensor `[outputs, inputs]`; the stream determines the numbers.
  func fill<S>(_ weight: MutableMatrixView<S>, stream: NoiseStream) {
    switch self {
    case .normal(let standardDeviation):
      fillNormal(weight, stream, standardDeviation)
    case .he:
      fillNormal(weight, stream, (2 / Double(weight.columns)).squareRoot())
    case .glorot:
      let bound = (6 / Double(weight.rows + weight.columns)).squareRoot()
      var generator = PhiloxGenerator(stream)
      for row in 0..<weight.rows {
        for column in 0..<weight.columns {
          weight[row, column] = S((2 * generator.nextUniform() - 1) * bound)
        }
      }
    case .orthogonal:
      let wide = weight.rows < weight.columns
      var square = Matrix<S>(rows: max(weight.rows, weight.columns), columns: min(weight.rows, weight.columns))
      let q = square.mutableView
      defer { withExtendedLifetime(square) {} }
      fillNormal(q, stream, 1)
      LAPACK.orthonormalize(q)
      for row in 0..<weight.rows {
        for column in 0..<weight.columns { weight[row, column] = wide ? q[column, row] : q[row, column] }
      }
    }
  }

  private func fillNormal<S>(_ weight: MutableMatrixView<S>, _ stream: NoiseStream, _ standardDeviation: Double) {
    let positions = (0..<UInt64(weight.rows)).map { $0 }
    positions.withUnsafeBufferPointer {
      VectorMath<S>().normals(stream, positions: $0, firstSample: 0, samples: 1, into: weight)
    }
    let scale = S(standardDeviation)
    for row in 0..<weight.rows {
      for column in 0..<weight.columns { weight[row, column] *= scale }
    }
  }
}

extension Initializer: SettingRepresentable {
  /// The name of the initializer and, for `normal`, its standard deviation: "glorot", "normal(0.01)".
  public var name: String {
    switch self {
    case .normal(let standardDeviation): "normal(\(standardDeviation))"
    case .glorot: "glorot"
    case .he: "he"
    case .orthogonal: "orthogonal"
    }
  }

  /// An initializer by its name; nil where there is none of that name. "normal" is the paper's "normal(0.01)".
  public init?(name: String) {
    switch name {
    case "glorot": self = .glorot
    case "he": self = .he
    case "orthogonal": self = .orthogonal
    case "normal": self = .normal(standardDeviation: 0.01)
    default:
      guard name.hasPrefix("normal("), name.hasSuffix(")"),
        let deviation = Double(name.dropFirst(7).dropLast()), deviation.isFinite, deviation >= 0
      else { return nil }
      self = .normal(standardDeviation: deviation)
    }
  }

  /// A name.
  public static var settingForm: SettingForm { .pattern(["normal(σ)", "glorot", "he", "orthogonal"]) }

  /// Its name.
  public var settingValue: SettingValue? { .text(name) }

  /// From its name.
  public init?(settingValue: SettingValue) {
    guard case .text(let name) = settingValue else { return nil }
    self.init(name: name)
  }

  /// Throws where a standard deviation makes no sense.
  func validate() throws(VAEError) {
    switch self {
    case .normal(let deviation):
      guard deviation >= 0 && deviation.isFinite else {
        throw VAEError(
          .configuration,
          "The initial weights' standard deviation must be finite and not negative; it is \(deviation).")
      }
    case .glorot, .he, .orthogonal: break
    }
  }
}
