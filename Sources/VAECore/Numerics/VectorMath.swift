// With its extensions beside it the only file that calls the element-wise C kernels; their formulas stand in
// CVectorMath.h. Shapes are checked here, once, for both element types.

import CBFloat16
import CVectorMath

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The instruction set that the kernels use.
package enum VectorLevel: String, CaseIterable, Sendable {
  case baseline, avx2, avx512
  /// AVX-512 with its instruction for bfloat16.
  case avx512bf16

  package var isSupported: Bool { vm_level_supported(elementWise) && bf16_level_supported(products) }
  package var name: String { rawValue }

  /// That of the element-wise kernels.
  var elementWise: vm_level {
    switch self {
    case .baseline: VM_BASELINE
    case .avx2: VM_AVX2
    case .avx512, .avx512bf16: VM_AVX512
    }
  }

  /// What they are called by.
  var elementWiseName: String { self == .avx512bf16 ? VectorLevel.avx512.name : name }

  /// How it multiplies bfloat16 numbers, for a person.
  var productRemark: String {
    switch self {
    case .baseline: "this processor multiplies bfloat16 numbers one by one, slowly, to the same results"
    case .avx2, .avx512: "this processor multiplies bfloat16 numbers as floats, to the same results"
    case .avx512bf16: "this processor has an instruction for bfloat16 numbers"
    }
  }

  /// Whether there is an instruction for products of bfloat16 numbers.
  var hasBFloat16: Bool {
    switch self {
    case .baseline, .avx2, .avx512: false
    case .avx512bf16: true
    }
  }

  /// That of the products of bfloat16 numbers.
  var products: bf16_level {
    switch self {
    case .baseline: BF16_PLAIN
    case .avx2: BF16_AVX2
    case .avx512: BF16_AVX512
    case .avx512bf16: BF16_AVX512_BF16
    }
  }

  /// The best level of this processor, or a lower one that the environment variable VAECORE_SIMD names. Where it names
  /// none that there is, ``check()`` throws, and this is the best.
  package static let current = (try? chosen.get()) ?? best

  /// Throws where VAECORE_SIMD does not name one of this processor's levels: whoever forces a level wants no other.
  package static func check() throws(VAEError) { _ = try chosen.get() }

  private static let chosen = level(named: getenv("VAECORE_SIMD").map { String(cString: $0) })

  private static var supported: [VectorLevel] { allCases.filter(\.isSupported) }

  private static var best: VectorLevel { supported.last ?? .baseline }

  /// The level of a name, where this processor has it; the best where there is no name.
  package static func level(named name: String?) -> Result<VectorLevel, VAEError> {
    guard let name else { return .success(best) }
    if let level = supported.first(where: { $0.name == name }) { return .success(level) }
    let names = supported.map(\.name).joined(separator: ", ")
    return .failure(
      VAEError(
        .configuration,
        "The environment variable VAECORE_SIMD is \"\(name)\"; this processor has \(names): name one of them, or unset it."
      ))
  }
}

package struct VectorMath<S: Scalar>: Sendable {
  private let level: VectorLevel

  package init(level: VectorLevel = .current) { self.level = level }

  var kernels: UnsafePointer<vm_kernels> {
    vm_kernels_at(level.elementWise, S.elementType == .float32 ? VM_FLOAT32 : VM_FLOAT64)
  }

  // MARK: Layers

  package func addBiasAndActivate(_ f: Activation, _ x: MutableMatrixView<S>, bias: MatrixView<S>?) {
    if let bias { checkVector(bias, count: x.columns, "bias") }
    kernels.pointee.bias_activation(f.kernel, x.rows, x.columns, x.base, x.stride, bias?.base)
  }

  package func activationBackward(_ f: Activation, delta: MutableMatrixView<S>, output: MatrixView<S>) {
    precondition(f.slopeFollowsFromValue, "the slope of \(f) by its value")
    precondition(delta.rows == output.rows && delta.columns == output.columns, "\(delta.shape), \(output.shape)")
    kernels.pointee.activation_backward(
      f.kernel, delta.rows, delta.columns, delta.base, delta.stride, output.base, output.stride)
  }

  /// output ← f(x + bias), and the slopes of it take the place of x.
  package func activateKeepingSlopes(
    _ f: Activation, _ x: MutableMatrixView<S>, bias: MatrixView<S>, output: MutableMatrixView<S>
  ) {
    checkVector(bias, count: x.columns, "bias")
    precondition(x.rows == output.rows && x.columns == output.columns, "\(x.shape), \(output.shape)")
    kernels.pointee.activation_with_slopes(
      f.kernel, x.rows, x.columns, x.base, x.stride, bias.base, output.base, output.stride)
  }

  /// output ← f(x + bias) ⊙ σ(gate + gateBias), and its slopes with respect to both take their places.
  package func activateGated(
    _ f: Activation, _ x: MutableMatrixView<S>, gate: MutableMatrixView<S>, bias: MatrixView<S>,
    gateBias: MatrixView<S>,
    output: MutableMatrixView<S>
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
  package func multiply(_ x: MatrixView<S>, by y: MatrixView<S>, into product: MutableMatrixView<S>) {
    precondition(
      x.rows == y.rows && x.columns == y.columns && product.rows == x.rows && product.columns == x.columns,
      "\(x.shape) ⊙ \(y.shape) into \(product.shape)")
    kernels.pointee.multiply(
      x.rows, x.columns, x.base, x.stride, y.base, y.stride, product.base, product.stride)
  }

  package func columnSums(_ x: MatrixView<S>, into sums: MutableMatrixView<S>, accumulate: Bool) {
    checkVector(sums, count: x.columns, "sums")
    kernels.pointee.column_sums(x.rows, x.columns, x.base, x.stride, sums.base, accumulate)
  }

  // MARK: Data and noise

  package func bytesToUnit(_ bytes: UnsafeBufferPointer<UInt8>, into x: MutableMatrixView<S>) {
    precondition(bytes.count == x.count && x.isContiguous, "\(bytes.count) bytes into \(x.shape)")
    kernels.pointee.bytes_to_unit(bytes.count, bytes.baseAddress, x.base)
  }

  /// x ← (x − shift) ⊙ factor, both `[columns]`: computed in double precision, and then rounded.
  package func shiftAndScale(_ x: MutableMatrixView<S>, shift: [Double], factor: [Double]) {
    precondition(
      shift.count == x.columns && factor.count == x.columns,
      "\(shift.count) shifts, \(factor.count) factors: \(x.shape)")
    kernels.pointee.shift_and_scale(x.rows, x.columns, shift, factor, x.stride, x.base)
  }

  /// x ← (numbers − shift) ⊙ factor, all `[columns]`, x one row: computed in double precision, and then rounded.
  package func shiftAndScale(
    _ numbers: UnsafeBufferPointer<Double>, shift: [Double], factor: [Double], into x: MutableMatrixView<S>
  ) {
    precondition(
      numbers.count == x.count && shift.count == x.count && factor.count == x.count && x.isContiguous,
      "\(numbers.count) numbers, \(shift.count) shifts, \(factor.count) factors: \(x.shape)")
    kernels.pointee.shift_and_scale_doubles(numbers.count, numbers.baseAddress, shift, factor, x.base)
  }

  package func binarizeByThreshold(_ x: MutableMatrixView<S>) {
    precondition(x.isContiguous, "\(x.shape) with gaps between rows")
    kernels.pointee.binarize_threshold(x.count, x.base)
  }

  package func binarizeBySampling(
    _ stream: NoiseStream, positions: UnsafeBufferPointer<UInt64>, x: MutableMatrixView<S>
  ) {
    precondition(positions.count == x.rows && x.isContiguous, "\(positions.count) positions for \(x.shape)")
    stream.check(groups: x.columns, samples: 1)
    kernels.pointee.binarize_sample(stream.kernel, positions.baseAddress, x.rows, x.columns, x.base)
  }

  /// Standard normals for the samples `firstSample ..< firstSample + samples` of each datum.
  package func normals(
    _ stream: NoiseStream, positions: UnsafeBufferPointer<UInt64>, firstSample: Int, samples: Int,
    into noise: MutableMatrixView<S>
  ) {
    precondition(
      noise.rows == positions.count * samples && noise.isContiguous,
      "noise \(noise.shape) for \(positions.count) data of \(samples) samples")
    stream.check(groups: noise.columns, samples: firstSample + samples)
    kernels.pointee.normals(
      stream.kernel, positions.baseAddress, positions.count, firstSample, samples, noise.columns, noise.base)
  }

  func checkVector(_ vector: MutableMatrixView<S>, count: Int, _ name: String) {
    checkVector(vector.view, count: count, name)
  }

  func checkVector(_ vector: MatrixView<S>, count: Int, _ name: String) {
    precondition(vector.count == count && vector.isContiguous, "\(name): \(vector.shape) instead of \(count) elements")
  }
}
