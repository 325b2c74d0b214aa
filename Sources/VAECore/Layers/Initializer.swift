/// How weights start. Biases start at zero, but for those of `uniform`.
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
  /// U(−a, a) with a = 1/√n_in, and the same of biases: what PyTorch's linear layers begin with.
  case uniform

  /// Whether biases start as weights do.
  var fillsBiases: Bool {
    switch self {
    case .uniform: true
    case .normal, .glorot, .he, .orthogonal: false
    }
  }

  /// Fills the bias `[1, outputs]` beside a weight of so many inputs.
  func fill<S>(bias: MutableMatrixView<S>, inputs: Int, stream: NoiseStream) {
    if fillsBiases { fillUniform(bias, stream, 1 / Double(max(inputs, 1)).squareRoot()) }
  }

  /// Fills a weight tensor `[outputs, inputs]`; the stream determines the numbers.
  func fill<S>(_ weight: MutableMatrixView<S>, stream: NoiseStream) {
    switch self {
    case .normal(let standardDeviation):
      fillNormal(weight, stream, standardDeviation)
    case .he:
      fillNormal(weight, stream, (2 / Double(weight.columns)).squareRoot())
    case .glorot:
      fillUniform(weight, stream, (6 / Double(weight.rows + weight.columns)).squareRoot())
    case .uniform:
      fillUniform(weight, stream, 1 / Double(max(weight.columns, 1)).squareRoot())
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

  private func fillUniform<S>(_ weight: MutableMatrixView<S>, _ stream: NoiseStream, _ bound: Double) {
    var generator = PhiloxGenerator(stream)
    for row in 0..<weight.rows {
      for column in 0..<weight.columns {
        weight[row, column] = S((2 * generator.nextUniform() - 1) * bound)
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
    case .uniform: "uniform"
    }
  }

  /// An initializer by its name; nil where there is none of that name. "normal" is the paper's "normal(0.01)".
  public init?(name: String) {
    switch name {
    case "glorot": self = .glorot
    case "he": self = .he
    case "orthogonal": self = .orthogonal
    case "uniform": self = .uniform
    case "normal": self = .normal(standardDeviation: 0.01)
    default:
      guard name.hasPrefix("normal("), name.hasSuffix(")"),
        let deviation = Double(name.dropFirst(7).dropLast()), deviation.isFinite, deviation >= 0
      else { return nil }
      self = .normal(standardDeviation: deviation)
    }
  }

  /// A name.
  public static var settingForm: SettingForm { .pattern(["normal(σ)", "glorot", "he", "orthogonal", "uniform"]) }

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
    case .glorot, .he, .orthogonal, .uniform: break
    }
  }
}
