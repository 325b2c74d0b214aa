import CVectorMath

// The callers of likelihood.h and counts.h.

extension VectorMath {
  package func bernoulli(_ rows: LikelihoodRows<S>) {
    withKernelRows(rows, width: 1) { kernels.pointee.bernoulli($0) }
  }

  package func squaredDifference(_ rows: LikelihoodRows<S>, weight: Double, constant: Double) {
    withKernelRows(rows, width: 1) { kernels.pointee.squared_difference($0, weight, constant) }
  }

  package func gaussian(_ rows: LikelihoodRows<S>, bounds: ClosedRange<Double>) {
    withKernelRows(rows, width: 2) { kernels.pointee.gaussian($0, bounds.lowerBound, bounds.upperBound) }
  }

  package func laplace(_ rows: LikelihoodRows<S>, logScale: Double) {
    withKernelRows(rows, width: 1) { kernels.pointee.laplace($0, false, logScale, logScale) }
  }

  package func laplace(_ rows: LikelihoodRows<S>, bounds: ClosedRange<Double>) {
    withKernelRows(rows, width: 2) { kernels.pointee.laplace($0, true, bounds.lowerBound, bounds.upperBound) }
  }

  package func continuousBernoulli(_ rows: LikelihoodRows<S>) {
    withKernelRows(rows, width: 1) { kernels.pointee.continuous_bernoulli($0) }
  }

  package func categorical(_ rows: LikelihoodRows<S>, groups: [Int]) {
    precondition(
      groups.allSatisfy { $0 > 0 } && groups.reduce(0, +) == rows.x.columns, "groups \(groups) of data \(rows.x.shape)")
    groups.withUnsafeBufferPointer { groups in
      groups.withMemoryRebound(to: UInt.self) { sizes in
        withKernelRows(rows, width: 1) { kernels.pointee.categorical($0, sizes.count, sizes.baseAddress) }
      }
    }
  }

  package func poisson(_ rows: LikelihoodRows<S>) {
    withKernelRows(rows, width: 1) { kernels.pointee.poisson($0) }
  }

  package func negativeBinomial(_ rows: LikelihoodRows<S>, bounds: ClosedRange<Double>) {
    withKernelRows(rows, width: 2) { kernels.pointee.negative_binomial($0, bounds.lowerBound, bounds.upperBound) }
  }

  private func withKernelRows(
    _ rows: LikelihoodRows<S>, width: Int, _ body: (UnsafePointer<vm_likelihood>) -> Void
  ) {
    withKernelRows(rows, outputs: width * rows.x.columns, body)
  }

  /// Rows of so many outputs, as the kernels take them.
  func withKernelRows(_ rows: LikelihoodRows<S>, outputs: Int, _ body: (UnsafePointer<vm_likelihood>) -> Void) {
    precondition(
      rows.outputs.columns == outputs,
      "likelihood of data \(rows.x.shape), outputs \(rows.outputs.shape)")
    let kernelRows = vm_likelihood(
      data: rows.x.rows, samples: rows.samples, columns: rows.x.columns, x: rows.x.base, x_stride: rows.x.stride,
      outputs: rows.outputs.base, output_stride: rows.outputs.stride, scale: rows.scale, delta: rows.delta?.base,
      delta_stride: rows.delta?.stride ?? 0, losses: rows.losses.base, adds: rows.adds)
    withUnsafePointer(to: kernelRows, body)
  }
}
