import Foundation

extension Dataset {
  /// Small grey images that the library draws itself, to try things without a data set: soft discs, rings, squares
  /// and bars of random place, size and orientation. Their condition is which of these they show, labels from 0 to 3.
  ///
  /// The seed and a datum's position determine it, so that a longer set begins with the shorter one.
  public static func synthetic(count: Int, side: Int = 16, seed: UInt64 = 0) -> Dataset {
    precondition(count >= 0 && side > 0, "\(count) images of \(side) × \(side)")
    return synthetic(0..<count, side: side, seed: seed)
  }

  /// Those of them that lie at some positions.
  static func synthetic(_ positions: Range<Int>, side: Int, seed: UInt64) -> Dataset {
    var bytes = [UInt8](repeating: 0, count: positions.count * side * side)
    var labels: [Int] = []
    for position in positions {
      var generator = PhiloxGenerator(
        NoiseStream(seed: seed, purpose: .synthesis), position: UInt64(position))
      let shape = Shape(&generator)
      labels.append(shape.kind)
      for row in 0..<side {
        for column in 0..<side {
          let x = (Double(column) + 0.5) / Double(side) - shape.x
          let y = (Double(row) + 0.5) / Double(side) - shape.y
          // A soft edge, one and a half pixels wide.
          let coverage = 0.5 - shape.distance(x, y) * Double(side) / 1.5
          bytes[((position - positions.lowerBound) * side + row) * side + column] = UInt8(
            255 * min(max(coverage, 0), 1))
        }
      }
    }
    var dataset = Dataset(
      name: "synthetic", bytes: bytes, dataSize: side * side, imageShape: ImageShape(height: side, width: side),
      whiteLevel: .value(255))
    dataset.condition = Condition(name: "synthetic", labels: labels, classes: [0, 1, 2, 3])
    return dataset
  }

  private struct Shape {
    let kind: Int
    let x, y, size, angle: Double

    init(_ generator: inout PhiloxGenerator) {
      kind = generator.next(below: 4)
      x = 0.3 + 0.4 * generator.nextUniform()
      y = 0.3 + 0.4 * generator.nextUniform()
      size = 0.15 + 0.15 * generator.nextUniform()
      angle = .pi * generator.nextUniform()
    }

    /// The signed distance from the shape's edge, negative inside, of a point relative to its centre.
    func distance(_ x: Double, _ y: Double) -> Double {
      let along = x * cos(angle) + y * sin(angle)
      let across = y * cos(angle) - x * sin(angle)
      return switch kind {
      case 0: hypot(x, y) - size
      case 1: abs(hypot(x, y) - size) - 0.06
      case 2: max(abs(along), abs(across)) - size * 0.85
      default: max(abs(along) - size * 1.2, abs(across) - 0.06)
      }
    }
  }
}
