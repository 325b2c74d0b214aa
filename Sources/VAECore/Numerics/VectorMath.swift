// The only file that calls the element-wise C kernels; their formulas stand in CVectorMath.h. Shapes are checked
// here, once, for both element types.

import CVectorMath

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The instruction set that the element-wise kernels use.
package enum VectorLevel: UInt32, CaseIterable, Sendable {
  case baseline, avx2, avx512

  package var isSupported: Bool { vm_level_supported(vm_level(rawValue)) }
  package var name: String { String(cString: vm_level_name(vm_level(rawValue))) }

  /// The best level of this processor, or a lower one that the environment variable VAECORE_SIMD names.
  package static let current: VectorLevel = {
    let supported = allCases.filter(\.isSupported)
    guard let wanted = getenv("VAECORE_SIMD").map({ String(cString: $0) }) else {
      return supported[supported.count - 1]
    }
    guard let level = supported.first(where: { $0.name == wanted }) else {
      preconditionFailure(
        "VAECORE_SIMD is \(wanted); this processor has \(supported.map(\.name).joined(separator: ", "))")
    }
    return level
  }()
}

package struct VectorMath<S: Scalar>: Sendable {
  private let level: VectorLevel

  package init(level: VectorLevel = .current) { self.level = level }

  private var kernels: UnsafePointer<vm_kernels> {
    vm_kernels_at(vm_level(level.rawValue), S.elementType == .float32 ? VM_FLOAT32 : VM_FLOAT64)
  }

  // MARK: Layers

  package func addBiasAndActivate(_ f: Activation, _ x: MatrixView<S>, bias: MatrixView<S>?) {
    if let bias { checkVector(bias, count: x.columns, "bias") }
    kernels.pointee.bias_activation(f.kernel, x.rows, x.columns, x.base, x.stride, bias?.base)
  }

  package func activationBackward(_ f: Activation, delta: MatrixView<S>, output: MatrixView<S>) {
    precondition(f.slopeFollowsFromValue, "the slope of \(f) by its value")
    precondition(delta.rows == output.rows && delta.columns == output.columns, "\(delta.shape), \(output.shape)")
    kernels.pointee.activation_backward(
      f.kernel, delta.rows, delta.columns, delta.base, delta.stride, output.base, output.stride)
  }

  /// output ← f(x + bias), and the slopes of it take the place of x.
  package func activateKeepingSlopes(
    _ f: Activation, _ x: MatrixView<S>, bias: MatrixView<S>, output: MatrixView<S>
  ) {
    checkVector(bias, count: x.columns, "bias")
    precondition(x.rows == output.rows && x.columns == output.columns, "\(x.shape), \(output.shape)")
    kernels.pointee.activation_with_slopes(
      f.kernel, x.rows, x.columns, x.base, x.stride, bias.base, output.base, output.stride)
  }

  /// output ← f(x + bias) ⊙ σ(gate + gateBias), and the slopes of it by both take their places.
  package func activateGated(
    _ f: Activation, _ x: MatrixView<S>, gate: MatrixView<S>, bias: MatrixView<S>, gateBias: MatrixView<S>,
    output: MatrixView<S>
  ) {
    checkVector(bias, count: x.columns, "bias")
    checkVector(gateBias, count: x.columns, "bias of the gate")
    precondition(
      x.rows == output.rows && x.columns == output.columns && gate.rows == x.rows && gate.columns == x.columns
        && gate.stride == x.stride, "\(x.shape), its gate \(gate.shape), \(output.shape)")
    kernels.pointee.gated_activation(
      f.kernel, x.rows, x.columns, x.base, gate.base, x.stride, bias.base, gateBias.base, output.base, output.stride)
  }

  /// product ← x ⊙ y
  package func multiply(_ x: MatrixView<S>, by y: MatrixView<S>, into product: MatrixView<S>) {
    precondition(
      x.rows == y.rows && x.columns == y.columns && product.rows == x.rows && product.columns == x.columns,
      "\(x.shape) ⊙ \(y.shape) into \(product.shape)")
    kernels.pointee.multiply(
      x.rows, x.columns, x.base, x.stride, y.base, y.stride, product.base, product.stride)
  }

  package func columnSums(_ x: MatrixView<S>, into sums: MatrixView<S>, accumulate: Bool) {
    checkVector(sums, count: x.columns, "sums")
    kernels.pointee.column_sums(x.rows, x.columns, x.base, x.stride, sums.base, accumulate)
  }

  // MARK: Latent variable

  package func latentForward(
    head: MatrixView<S>, noise: MatrixView<S>, z: MatrixView<S>, kl: MatrixView<S>, bounds: ClosedRange<Double>
  ) {
    let samples = checkLatent(head, noise, z)
    checkVector(kl, count: head.rows, "kl")
    kernels.pointee.latent_forward(
      head.rows, samples, z.columns, head.base, noise.base, z.base, kl.base, bounds.lowerBound, bounds.upperBound)
  }

  package func latentBackward(
    head: MatrixView<S>, noise: MatrixView<S>, zDelta: MatrixView<S>, klScale: Double,
    klWeights: MatrixView<S>? = nil, logVarianceDelta: Double = 0, headDelta: MatrixView<S>,
    bounds: ClosedRange<Double>
  ) {
    let samples = checkLatent(head, noise, zDelta)
    precondition(
      headDelta.rows == head.rows && headDelta.columns == head.columns && headDelta.isContiguous,
      "head \(head.shape), its delta \(headDelta.shape)")
    if let klWeights { checkVector(klWeights, count: zDelta.columns, "KL weights") }
    kernels.pointee.latent_backward(
      head.rows, samples, zDelta.columns, head.base, noise.base, zDelta.base, klScale, klWeights?.base,
      logVarianceDelta, headDelta.base, bounds.lowerBound, bounds.upperBound)
  }

  package func latentLogRatio(
    head: MatrixView<S>, noise: MatrixView<S>, z: MatrixView<S>, ratios: MatrixView<S>, bounds: ClosedRange<Double>
  ) {
    let samples = checkLatent(head, noise, z)
    checkVector(ratios, count: z.rows, "ratios")
    kernels.pointee.latent_log_ratio(
      head.rows, samples, z.columns, head.base, noise.base, z.base, ratios.base, bounds.lowerBound, bounds.upperBound)
  }

  package func latentRatioBackward(
    head: MatrixView<S>, noise: MatrixView<S>, z: MatrixView<S>, weights: MatrixView<S>?, scale: Double, path: Bool,
    squared: Bool, zDelta: MatrixView<S>, bounds: ClosedRange<Double>
  ) {
    let samples = checkLatent(head, noise, z)
    precondition(
      zDelta.rows == z.rows && zDelta.columns == z.columns && zDelta.isContiguous,
      "z \(z.shape), its delta \(zDelta.shape)")
    if let weights { checkVector(weights, count: z.rows, "weights") }
    kernels.pointee.latent_ratio_backward(
      head.rows, samples, z.columns, head.base, noise.base, z.base, weights?.base, scale, path, squared, zDelta.base,
      bounds.lowerBound, bounds.upperBound)
  }

  /// Weights of the R samples of the data that `bounds` `[M]` counts.
  package func importanceWeights(
    losses: MatrixView<S>, ratios: MatrixView<S>, weights: MatrixView<S>, bounds: MatrixView<S>
  ) {
    let (data, rows) = (bounds.count, losses.count)
    precondition(data > 0 && rows > 0 && rows % data == 0, "\(rows) samples of \(data) data")
    checkVector(bounds, count: data, "bounds")
    for (vector, name) in [(losses, "losses"), (ratios, "ratios"), (weights, "weights")] {
      checkVector(vector, count: rows, name)
    }
    kernels.pointee.importance_weights(data, rows / data, losses.base, ratios.base, weights.base, bounds.base)
  }

  package func scaleRows(_ x: MatrixView<S>, by factors: MatrixView<S>) {
    checkVector(factors, count: x.rows, "factors")
    kernels.pointee.scale_rows(x.rows, x.columns, x.base, x.stride, factors.base)
  }

  /// How many elements lie outside bounds.
  package func count(_ x: MatrixView<S>, outside bounds: ClosedRange<Double>) -> Int {
    kernels.pointee.count_outside(x.rows, x.columns, x.base, x.stride, bounds.lowerBound, bounds.upperBound)
  }

  private func checkLatent(_ head: MatrixView<S>, _ noise: MatrixView<S>, _ z: MatrixView<S>) -> Int {
    let samples = head.rows == 0 ? 1 : z.rows / head.rows
    precondition(
      head.columns == 2 * z.columns && z.rows == head.rows * samples && noise.rows == z.rows
        && noise.columns == z.columns && head.isContiguous && noise.isContiguous && z.isContiguous,
      "latent of head \(head.shape), noise \(noise.shape), z \(z.shape)")
    return samples
  }

  // MARK: Likelihoods

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
    precondition(
      rows.outputs.columns == width * rows.x.columns,
      "likelihood of data \(rows.x.shape), outputs \(rows.outputs.shape)")
    let kernelRows = vm_likelihood(
      data: rows.x.rows, samples: rows.samples, columns: rows.x.columns, x: rows.x.base, x_stride: rows.x.stride,
      outputs: rows.outputs.base, output_stride: rows.outputs.stride, scale: rows.scale, delta: rows.delta?.base,
      delta_stride: rows.delta?.stride ?? 0, losses: rows.losses.base, adds: rows.adds)
    withUnsafePointer(to: kernelRows, body)
  }

  // MARK: Data and noise

  package func bytesToUnit(_ bytes: UnsafeBufferPointer<UInt8>, into x: MatrixView<S>) {
    precondition(bytes.count == x.count && x.isContiguous, "\(bytes.count) bytes into \(x.shape)")
    kernels.pointee.bytes_to_unit(bytes.count, bytes.baseAddress, x.base)
  }

  package func binarizeByThreshold(_ x: MatrixView<S>) {
    precondition(x.isContiguous, "\(x.shape) with gaps between rows")
    kernels.pointee.binarize_threshold(x.count, x.base)
  }

  package func binarizeBySampling(_ stream: NoiseStream, positions: UnsafeBufferPointer<UInt64>, x: MatrixView<S>) {
    precondition(positions.count == x.rows && x.isContiguous, "\(positions.count) positions for \(x.shape)")
    stream.check(groups: x.columns, samples: 1)
    kernels.pointee.binarize_sample(stream.kernel, positions.baseAddress, x.rows, x.columns, x.base)
  }

  /// Standard normals for the samples `firstSample ..< firstSample + samples` of each datum.
  package func normals(
    _ stream: NoiseStream, positions: UnsafeBufferPointer<UInt64>, firstSample: Int, samples: Int,
    into noise: MatrixView<S>
  ) {
    precondition(
      noise.rows == positions.count * samples && noise.isContiguous,
      "noise \(noise.shape) for \(positions.count) data of \(samples) samples")
    stream.check(groups: noise.columns, samples: firstSample + samples)
    kernels.pointee.normals(
      stream.kernel, positions.baseAddress, positions.count, firstSample, samples, noise.columns, noise.base)
  }

  private func checkVector(_ vector: MatrixView<S>, count: Int, _ name: String) {
    precondition(vector.count == count && vector.isContiguous, "\(name): \(vector.shape) instead of \(count) elements")
  }

  // MARK: Optimizers

  package func optimize(
    _ kind: vm_optimizer, _ update: vm_update, parameters: MatrixView<S>, gradient: MatrixView<S>,
    first: MatrixView<S>?, second: MatrixView<S>?
  ) {
    for vector in [parameters, gradient, first, second] {
      if let vector { checkVector(vector, count: parameters.count, "parameters, gradient or state") }
    }
    withUnsafePointer(to: update) {
      kernels.pointee.optimize(
        kind, parameters.count, parameters.base, gradient.base, first?.base, second?.base, $0)
    }
  }

  /// Σ x², in double precision.
  package func sumOfSquares(_ x: MatrixView<S>) -> Double {
    precondition(x.isContiguous, "\(x.shape) with gaps between rows")
    return kernels.pointee.sum_of_squares(x.count, x.base)
  }

  /// x ← factor·x
  package func scale(_ x: MatrixView<S>, by factor: Double) {
    precondition(x.isContiguous, "\(x.shape) with gaps between rows")
    kernels.pointee.scale(x.count, x.base, factor)
  }
}
