extension Matrix {
  /// A matrix of independent draws from N(0, 1), determined by the seed; a longer one begins with the shorter.
  public static func standardNormal(rows: Int, columns: Int, seed: UInt64 = 0) -> Matrix {
    standardNormal(rows: 0..<rows, columns: columns, seed: seed)
  }

  /// Some rows of the matrix of independent draws from N(0, 1) that the seed determines and that goes on without end.
  public static func standardNormal(rows: Range<Int>, columns: Int, seed: UInt64 = 0) -> Matrix {
    var matrix = Matrix(rows: rows.count, columns: columns)
    let view = matrix.mutableView
    rows.map { UInt64($0) }.withUnsafeBufferPointer {
      VectorMath().normals(
        NoiseStream(seed: seed, purpose: .prior), positions: $0, firstSample: 0, samples: 1, into: view)
    }
    return matrix
  }
}

extension Matrix {
  /// A matrix of independent draws from the uniform distribution on [0, 1), determined by the seed.
  package static func uniform(rows: Int, columns: Int, seed: UInt64 = 0) -> Matrix {
    var generator = PhiloxGenerator(NoiseStream(seed: seed, purpose: .synthesis))
    return Matrix(
      rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in Element(generator.nextUniform()) })
  }
}
