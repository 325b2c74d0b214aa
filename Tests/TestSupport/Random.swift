import Foundation
import VAECore

/// Random test inputs, the same at every run.
package struct TestRandom {
  private var generator: PhiloxGenerator

  package init(_ seed: UInt64) { generator = PhiloxGenerator(NoiseStream(seed: seed, purpose: .synthesis)) }

  package mutating func uniform(_ range: ClosedRange<Double> = 0...1) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * generator.nextUniform()
  }

  package mutating func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + generator.next(below: range.upperBound - range.lowerBound + 1)
  }

  package mutating func normal() -> Double {
    // Box and Muller with libm, independent of the kernels.
    let radius = (-2 * log(1 - generator.nextUniform())).squareRoot()
    return radius * cos(2 * .pi * generator.nextUniform())
  }

  package mutating func matrix<S: Scalar>(_ rows: Int, _ columns: Int, as type: S.Type = S.self) -> Matrix<S> {
    Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in S(normal()) })
  }

  package mutating func unitMatrix<S: Scalar>(_ rows: Int, _ columns: Int, as type: S.Type = S.self) -> Matrix<S> {
    Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in S(uniform()) })
  }
}
