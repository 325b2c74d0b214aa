import CVectorMath

// The callers of category.h and mixture.h.

/// A mixture of points and normal components as its kernel takes it: all but the points in the standardised unit
/// y = (x − mean) / deviation.
struct StandardMixture: Hashable, Sendable {
  /// The most of each that the kernel takes.
  static let (mostPoints, mostComponents) = (VM_MIXTURE_POINTS, VM_MIXTURE_COMPONENTS)

  var mean = 0.0
  var deviation = 1.0
  /// 0 for a density.
  var interval = 0.0
  /// How far from a point a number is it.
  var reach = 0.0
  /// In the numbers' own unit.
  var points: [Double] = []
  /// Of the points, then of the components.
  var logWeights: [Double] = []
  var means: [Double] = []
  var logDeviations: [Double] = []
  var bounds = 0.0...0.0

  var componentCount: Int { means.count }
  /// The outputs of a column: logits of points and components, means, log-scales.
  var outputCount: Int { points.count + 3 * means.count }

  fileprivate func withKernelMixture(_ body: (UnsafePointer<vm_mixture>) -> Void) {
    precondition(
      points.count <= Self.mostPoints && (1...Self.mostComponents).contains(means.count)
        && logWeights.count == points.count + means.count && logDeviations.count == means.count,
      "\(points.count) points, \(means.count) components")
    points.withUnsafeBufferPointer { points in
      logWeights.withUnsafeBufferPointer { logWeights in
        means.withUnsafeBufferPointer { means in
          logDeviations.withUnsafeBufferPointer { logDeviations in
            let mixture = vm_mixture(
              points: points.count, components: means.count, point_values: points.baseAddress,
              log_weights: logWeights.baseAddress, means: means.baseAddress,
              log_deviations: logDeviations.baseAddress, mean: mean, deviation: deviation,
              interval: interval / deviation, reach: reach,
              lower: bounds.lowerBound, upper: bounds.upperBound)
            withUnsafePointer(to: mixture, body)
          }
        }
      }
    }
  }
}

extension VectorMath {
  /// Offsets of the logits, column after column.
  func category(_ rows: LikelihoodRows<S>, sizes: [Int], offsets: [Double]) {
    precondition(
      sizes.count == rows.x.columns && sizes.allSatisfy { $0 > 0 } && sizes.reduce(0, +) == offsets.count,
      "categories \(sizes) of data \(rows.x.shape), \(offsets.count) offsets")
    withSizes(sizes) { sizes in
      offsets.withUnsafeBufferPointer { offsets in
        withKernelRows(rows, outputs: offsets.count) { kernels.pointee.category($0, sizes, offsets.baseAddress) }
      }
    }
  }

  /// features `[M, Σ sizes]` ← the one-hot form of each column's category x `[M, D]`.
  func categoryFeatures(of x: MatrixView<S>, sizes: [Int], into features: MutableMatrixView<S>) {
    precondition(
      sizes.count == x.columns && x.rows == features.rows && sizes.allSatisfy { $0 > 0 }
        && sizes.reduce(0, +) == features.columns, "categories \(sizes) of data \(x.shape) into \(features.shape)")
    withSizes(sizes) {
      kernels.pointee.category_features(x.rows, x.columns, $0, x.base, x.stride, features.base, features.stride)
    }
  }

  func mixture(_ rows: LikelihoodRows<S>, _ mixture: StandardMixture) {
    mixture.withKernelMixture { mixture in
      withKernelRows(
        rows, outputs: rows.x.columns * (mixture.pointee.points + 3 * mixture.pointee.components)
      ) { kernels.pointee.mixture($0, mixture) }
    }
  }

  /// features `[M, D·(1 + points)]` ← of each column of x `[M, D]` the standardised number and which point it is.
  func mixtureFeatures(of x: MatrixView<S>, _ mixture: StandardMixture, into features: MutableMatrixView<S>) {
    precondition(
      x.rows == features.rows && features.columns == x.columns * (1 + mixture.points.count),
      "features \(features.shape) of data \(x.shape)")
    mixture.withKernelMixture {
      kernels.pointee.mixture_features($0, x.rows, x.columns, x.base, x.stride, features.base, features.stride)
    }
  }

  private func withSizes(_ sizes: [Int], _ body: (UnsafePointer<UInt>) -> Void) {
    sizes.withUnsafeBufferPointer { sizes in
      sizes.withMemoryRebound(to: UInt.self) { sizes in
        if let first = sizes.baseAddress { body(first) }
      }
    }
  }
}
