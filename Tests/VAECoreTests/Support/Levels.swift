import VAECore

/// The instruction-set levels of this processor; every kernel is tested on each.
let supportedLevels = VectorLevel.allCases.filter(\.isSupported)

extension Scalar {
  /// The distance from 1 to the next number of the type.
  static var epsilon: Double { Double(Self.ulpOfOne) }
}

extension Matrix {
  /// All elements in double precision, row by row.
  var doubles: [Double] { elements.map { Double($0) } }
}
