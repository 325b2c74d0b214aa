/// Where an engine gets a minibatch from: its data and its noise. Called concurrently, for disjoint ranges.
protocol BatchSource<Element> {
  associatedtype Element: Scalar

  /// Writes the data of a range of the minibatch into x `[range.count, D]`, as a standardisation makes them, if there is
  /// one.
  func load(_ range: Range<Int>, into x: MutableMatrixView<Element>, scaling: Scaling?)

  /// What the first layer takes in of a range whose data, standardised or not, are in x: that, or what is sooner
  /// multiplied.
  func input(_ range: Range<Int>, loaded x: MatrixView<Element>, scaling: Scaling?) -> LayerInput<Element>

  /// How bfloat16 numbers hold the data, standardised or not.
  func packed(scaling: Scaling?) -> PackedData

  /// What decides which values of a range of the minibatch are hidden from the encoder: by default none are.
  func hiding(_ range: Range<Int>) -> (positions: UnsafeBufferPointer<UInt64>, noise: NoiseStream)?

  /// Writes the condition of a range of the minibatch into c `[range.count, C]`.
  func loadCondition(_ range: Range<Int>, into condition: MutableMatrixView<Element>)

  /// Whether data count differently.
  var isWeighted: Bool { get }

  /// The weight of a datum of the minibatch.
  func weight(_ index: Int) -> Double

  /// Writes the noise ε of a range's samples into noise `[range.count · samples, Z]`.
  func drawNoise(_ range: Range<Int>, firstSample: Int, samples: Int, into noise: MutableMatrixView<Element>)
}

extension BatchSource {
  func input(_ range: Range<Int>, loaded x: MatrixView<Element>, scaling: Scaling?) -> LayerInput<Element> { .dense(x) }
  func packed(scaling: Scaling?) -> PackedData { .rounded }
  func hiding(_ range: Range<Int>) -> (positions: UnsafeBufferPointer<UInt64>, noise: NoiseStream)? { nil }
  var isWeighted: Bool { false }
  func weight(_ index: Int) -> Double { 1 }
}

/// Data of a set by where they are in it, with noise by seed, step and where they are in the set that these come from.
struct DatasetSource<S: Scalar>: BatchSource {
  let dataset: Dataset
  let rows: UnsafeBufferPointer<UInt64>
  let positions: UnsafeBufferPointer<UInt64>
  let binarization: Binarization
  let latentNoise: NoiseStream
  let binarizationNoise: NoiseStream
  /// What is hidden from the encoder, where something is.
  private let hidingNoise: NoiseStream?
  private let math = VectorMath<S>()

  init(
    _ dataset: Dataset, rows: Slice<UnsafeBufferPointer<UInt64>>, positions: Slice<UnsafeBufferPointer<UInt64>>,
    binarization: Binarization, latentNoise: NoiseStream,
    binarizationNoise: NoiseStream, hidingNoise: NoiseStream? = nil
  ) {
    self.hidingNoise = hidingNoise
    self.dataset = dataset
    self.rows = UnsafeBufferPointer(rebasing: rows)
    self.positions = UnsafeBufferPointer(rebasing: positions)
    self.binarization = binarization
    self.latentNoise = latentNoise
    self.binarizationNoise = binarizationNoise
  }

  func load(_ range: Range<Int>, into x: MutableMatrixView<S>, scaling: Scaling?) {
    for (row, index) in range.enumerated() {
      dataset.load(Int(rows[index]), into: x.rows(row..<row + 1), scaling: scaling, math: math)
    }
    switch binarization {
    case .unchanged: break
    case .threshold: math.binarizeByThreshold(x)
    case .dynamic, .fixed:
      math.binarizeBySampling(binarizationNoise, positions: UnsafeBufferPointer(rebasing: positions[range]), x: x)
    }
  }

  func hiding(_ range: Range<Int>) -> (positions: UnsafeBufferPointer<UInt64>, noise: NoiseStream)? {
    hidingNoise.map { (UnsafeBufferPointer(rebasing: positions[range]), $0) }
  }

  func packed(scaling: Scaling?) -> PackedData {
    if binarization.makesBinary { return .exact(scale: 1) }
    if multipliedRows(scaling: scaling) != nil { return .unused }
    return scaling == nil ? dataset.packed : .rounded
  }

  func input(_ range: Range<Int>, loaded x: MatrixView<S>, scaling: Scaling?) -> LayerInput<S> {
    guard let stored = multipliedRows(scaling: scaling) else { return .dense(x) }
    return .sparse(stored, UnsafeBufferPointer(rebasing: rows[range]))
  }

  /// The sparse rows that are sooner multiplied as they are.
  private func multipliedRows(scaling: Scaling?) -> SparseRows? {
    guard scaling == nil, binarization == .unchanged, let stored = dataset.sparseRows, stored.leavesOutZeros else {
      return nil
    }
    return stored
  }

  var isWeighted: Bool { dataset.weights != nil }

  func weight(_ index: Int) -> Double { dataset.weights.map { Double($0[Int(rows[index])]) } ?? 1 }

  func loadCondition(_ range: Range<Int>, into condition: MutableMatrixView<S>) {
    for (row, index) in range.enumerated() {
      dataset.loadCondition(Int(rows[index]), into: condition.rows(row..<row + 1))
    }
  }

  func drawNoise(_ range: Range<Int>, firstSample: Int, samples: Int, into noise: MutableMatrixView<S>) {
    math.normals(
      latentNoise, positions: UnsafeBufferPointer(rebasing: positions[range]), firstSample: firstSample,
      samples: samples, into: noise)
  }
}

/// Given data `[M, D]` with their condition `[M, C]`, if any, and given noise `[M·L, Z]`.
struct MatrixSource<S: Scalar>: BatchSource {
  let x: MatrixView<S>
  let condition: MatrixView<S>?
  let noise: MatrixView<S>
  /// Whether the data are already what a standardisation makes of them.
  var isStandardized = false

  func load(_ range: Range<Int>, into rows: MutableMatrixView<S>, scaling: Scaling?) {
    rows.copy(from: x.rows(range))
    if !isStandardized { scaling?.standardize(rows, math: VectorMath()) }
  }

  func loadCondition(_ range: Range<Int>, into rows: MutableMatrixView<S>) {
    if let condition { rows.copy(from: condition.rows(range)) }
  }

  func drawNoise(_ range: Range<Int>, firstSample: Int, samples: Int, into rows: MutableMatrixView<S>) {
    let all = noise.rows / max(x.rows, 1)
    for (row, datum) in range.enumerated() {
      let first = datum * all + firstSample
      rows.rows(row * samples..<(row + 1) * samples).copy(from: noise.rows(first..<first + samples))
    }
  }
}
