import TestSupport
import Testing
import VAECore

/// Bytes to grey values, and grey values to black and white.
struct DataKernelTests {
  static let stream = NoiseStream(seed: 3, purpose: .binarization, step: 2)

  @Test(arguments: supportedLevels) func bytes(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      let bytes = (0...255).map(UInt8.init)
      for count in [0, 1, 31, 67, 256] {
        var x = Window<S>(rows: 1, columns: count, elements: Array(repeating: 0, count: count))
        bytes[0..<count].withUnsafeBufferPointer { VectorMath<S>(level: level).bytesToUnit($0, into: x.mutableView) }
        #expect(x.elements == bytes[0..<count].map { S($0) / 255 })
        #expect(x.isIntactOutside)
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test(arguments: supportedLevels) func threshold(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      let values: [S] = [0, -0.0, 0.25, S(0.5).nextDown, 0.5, S(0.5).nextUp, 1]
      for count in 0...67 {
        let inputs = (0..<count).map { values[$0 % values.count] }
        var x = Window<S>(rows: 1, columns: count, elements: inputs)
        VectorMath<S>(level: level).binarizeByThreshold(x.mutableView)
        #expect(x.elements == inputs.map { $0 >= 0.5 ? 1 : 0 })
        #expect(x.isIntactOutside)
      }
    }
    check(Float.self)
    check(Double.self)
  }

  /// A pixel is set where 24 bits of its random word, as a fraction, lie below it.
  @Test(arguments: supportedLevels) func samplingAgreesWithTheReference(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      var random = TestRandom(1)
      let positions = ReferenceNoise.positions
      for stream in ReferenceNoise.streams {
        for columns in [1, 3, 4, 30, 131] {
          let x: Matrix<S> = random.unitMatrix(positions.count, columns)
          let drawn = VectorMath<S>(level: level).binarized(x, stream, positions: positions)
          let expected = positions.enumerated().flatMap { i, position in
            (0..<columns).map { column -> S in
              let words = ReferenceNoise(stream, position: position, sample: 0, group: column / 4).words
              return Double(words[column % 4] >> 8) * 0x1p-24 < Double(x[i, column]) ? 1 : 0
            }
          }
          #expect(drawn.elements == expected)
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test(arguments: supportedLevels) func frequenciesAreTheProbabilities(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      let (data, columns) = (20_000, 9)
      let row: [S] = [0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1]
      let x = Matrix<S>(rows: data, columns: columns, elements: (0..<data).flatMap { _ in row })
      let drawn = VectorMath<S>(level: level).binarized(x, Self.stream, positions: Array(0..<UInt64(data)))
      #expect(drawn.elements.allSatisfy { $0 == 0 || $0 == 1 })
      for column in 0..<columns {
        let p = Double(row[column])
        let mean = (0..<data).reduce(0) { $0 + Double(drawn[$1, column]) } / Double(data)
        // Five standard errors; none for the certain ones.
        #expect(abs(mean - p) <= 5 * (p * (1 - p) / Double(data)).squareRoot(), "p = \(p) in \(type)")
      }
    }
    check(Float.self)
    check(Double.self)
  }

  /// Black stays black and white stays white for every random word, even the largest and the smallest. The words of
  /// these positions round to 1 in single precision, or to the least fraction.
  @Test(arguments: supportedLevels) func certaintyIsExact(level: VectorLevel) {
    let stream = NoiseStream(seed: 0, purpose: .binarization)
    let positions: [UInt64] = [9_902_038, 31_223_816, 42_757_997]
    let largest = positions.map { ReferenceNoise(stream, position: $0, sample: 0, group: 0).words.max()! }
    #expect(largest.allSatisfy { Float($0) * 0x1p-32 == 1 })
    func check<S: Scalar>(_ type: S.Type) {
      for value in [S(0), 1] {
        let x = Matrix<S>(rows: 3, columns: 4, elements: Array(repeating: value, count: 12))
        #expect(VectorMath<S>(level: level).binarized(x, stream, positions: positions) == x)
      }
    }
    check(Float.self)
    check(Double.self)
  }
}
