import Testing
import VAECore

/// What a number of the noise depends on, and what it does not.
struct NoiseTests {
  static let stream = NoiseStream(seed: 42, purpose: .latent, step: 7)

  @Test(arguments: supportedLevels) func agreesWithTheReference(level: VectorLevel) {
    let (single, double) = (VectorMath<Float>(level: level), VectorMath<Double>(level: level))
    var worst = Worst()
    for stream in ReferenceNoise.streams {
      for (columns, firstSample, samples) in [(1, 0, 1), (2, 5, 3), (4, 0, 2), (7, 1 << 24 - 2, 2), (37, 9, 3)] {
        let positions = ReferenceNoise.positions
        let floats = single.normals(
          stream, positions: positions, firstSample: firstSample, samples: samples, columns: columns)
        let doubles = double.normals(
          stream, positions: positions, firstSample: firstSample, samples: samples, columns: columns)
        for row in 0..<doubles.rows {
          for column in 0..<columns {
            let expected = ReferenceNoise(
              stream, position: positions[row / samples], sample: firstSample + row % samples, group: column / 4
            ).normals[column % 4]
            worst.add(abs(doubles[row, column] - expected), bound: 1e-14, "[\(row), \(column)] in Double")
            worst.add(abs(Double(floats[row, column]) - expected), bound: 1e-5, "[\(row), \(column)] in Float")
          }
        }
      }
    }
    #expect(worst.isWithinBounds, "\(worst)")
  }

  /// Single precision rounds the uniform numbers to 24 bits, which matters only near radius 0.
  @Test(arguments: supportedLevels) func singlePrecisionIsRoundedDoublePrecision(level: VectorLevel) {
    let positions = Array(0..<UInt64(1000))
    let floats = VectorMath<Float>(level: level).normals(Self.stream, positions: positions, columns: 300).doubles
    let doubles = VectorMath<Double>(level: level).normals(Self.stream, positions: positions, columns: 300).elements
    let differences = zip(floats, doubles).map { abs($0 - $1) }
    #expect(differences.max()! <= 5e-5)
    #expect(differences.reduce(0, +) / Double(differences.count) <= 2e-7)
    #expect(doubles.map(abs).max()! > 4.5)
  }

  @Test(arguments: supportedLevels) func dependsOnItsPlaceAlone(level: VectorLevel) {
    func check<S: Scalar>(_ type: S.Type) {
      let math = VectorMath<S>(level: level)
      let positions: [UInt64] = [9, 2, 100, 57, 3]
      let whole = math.normals(Self.stream, positions: positions, samples: 6, columns: 23)
      // Each datum alone, each sample alone.
      for (i, position) in positions.enumerated() {
        for sample in 0..<6 {
          let alone = math.normals(Self.stream, positions: [position], firstSample: sample, columns: 23)
          #expect(alone.row(0) == whole.row(i * 6 + sample))
        }
      }
      // The batch in another order.
      let reversed = math.normals(Self.stream, positions: positions.reversed(), samples: 6, columns: 23)
      for i in 0..<5 { #expect(reversed.rows((4 - i) * 6..<(5 - i) * 6) == whole.rows(i * 6..<(i + 1) * 6)) }
      // Fewer columns, and more.
      for columns in [1, 3, 4, 5, 22] {
        let fewer = math.normals(Self.stream, positions: positions, samples: 6, columns: columns)
        for row in 0..<whole.rows { #expect(fewer.row(row) == Array(whole.row(row)[0..<columns])) }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test(arguments: supportedLevels) func differsElsewhere(level: VectorLevel) {
    let math = VectorMath<Double>(level: level)
    func row(
      seed: UInt64 = 1, _ purpose: NoiseStream.Purpose = .latent, step: Int = 0, position: UInt64 = 0, sample: Int = 0
    ) -> [Double] {
      math.normals(
        NoiseStream(seed: seed, purpose: purpose, step: step), positions: [position], firstSample: sample, columns: 8
      ).elements
    }
    let rows = [
      row(), row(seed: 2), row(seed: 1 << 32 + 1), row(.evaluation), row(.prior), row(step: 1), row(step: 1 << 32),
      row(position: 1), row(position: 1 << 32), row(position: 1 << 39), row(sample: 1), row(sample: 1 << 23),
    ]
    #expect(Set(rows.flatMap { $0 }).count == rows.count * 8)
  }

  @Test(arguments: supportedLevels) func nothingToFill(level: VectorLevel) {
    let math = VectorMath<Float>(level: level)
    #expect(math.normals(Self.stream, positions: [], columns: 5).elements.isEmpty)
    #expect(math.normals(Self.stream, positions: [1, 2], samples: 0, columns: 5).elements.isEmpty)
    #expect(math.normals(Self.stream, positions: [1, 2], columns: 0).elements.isEmpty)
  }
}
