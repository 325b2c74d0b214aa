import VAECore

extension VectorMath {
  /// Normals as a matrix.
  func normals(
    _ stream: NoiseStream, positions: [UInt64], firstSample: Int = 0, samples: Int = 1, columns: Int
  ) -> Matrix<S> {
    var noise = Matrix<S>(rows: positions.count * samples, columns: columns)
    positions.withUnsafeBufferPointer {
      normals(stream, positions: $0, firstSample: firstSample, samples: samples, into: noise.mutableView)
    }
    return noise
  }

  /// Probabilities, drawn.
  func binarized(_ x: Matrix<S>, _ stream: NoiseStream, positions: [UInt64]) -> Matrix<S> {
    var x = x
    positions.withUnsafeBufferPointer { binarizeBySampling(stream, positions: $0, x: x.mutableView) }
    return x
  }
}
