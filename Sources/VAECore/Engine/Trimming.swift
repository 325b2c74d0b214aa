/// The trimmed mean of a minibatch's losses: that of all data but a part, those whose −ELBO is largest at the step's noise. What a model is
/// to find odd it is not to learn, and where nobody has said which data are odd, those it knows least are taken for them (Rousseeuw 1984,
/// "Least median of squares regression", of residuals).
extension Engine {
  /// A source of M data of which some have the weight 0, and the others all of theirs: the row phase goes once through all data to find out
  /// which, with the samples of the first pass.
  func trimmed<Source: BatchSource<S>>(
    _ source: Source, _ batch: Batch, _ parameters: MatrixView<S>
  ) throws(StepFailure) -> TrimmedSource<Source> {
    let samples = min(batch.accumulation.samplesPerPass(of: batch.samples), batch.samples)
    let size = BatchCounts(data: batch.count, samples: batch.samples, samplesInPass: samples)
    let leaves = leaves(of: batch)
    memory.origin = leaves.data(of: own(leaves)).lowerBound
    try BLAS.withOneThread { () throws(StepFailure) in
      _ = try sharedRowPhase(
        parameters,
        Pass(size: size, objective: batch.objective.kernel, firstSample: 0, leaves: leaves, own: own(leaves)), source)
    }
    let terms = memory.terms(data: batch.count, samples: samples)
    let losses = (0..<batch.count).map { datum in
      (datum * samples..<(datum + 1) * samples).reduce(0) { $0 + Double(terms.losses[0, $1]) } / Double(samples)
        + Double(terms.kl[0, datum])
    }
    return TrimmedSource(source: source, weights: trimmedWeights(losses, by: batch.trim))
  }
}

/// Of M losses, weights whose sum is M: 0 for the largest, ⌊part · M⌋ of them, and of equal ones for the last.
package func trimmedWeights(_ losses: [Double], by part: Double) -> [Double] {
  let kept = losses.count - Int(part * Double(losses.count))
  let weight = Double(losses.count) / Double(max(kept, 1))
  var weights = [Double](repeating: 0, count: losses.count)
  // (What is not a number is the largest.)
  let order = losses.indices.sorted {
    let (a, b) = (losses[$0], losses[$1])
    return a == b || a.isNaN && b.isNaN ? $0 < $1 : b.isNaN || a < b
  }
  for index in order.prefix(kept) { weights[index] = weight }
  return weights
}

/// A source whose data count differently.
struct TrimmedSource<Source: BatchSource>: BatchSource {
  let source: Source
  let weights: [Double]

  var isWeighted: Bool { true }
  func weight(_ index: Int) -> Double { source.weight(index) * weights[index] }

  func load(_ range: Range<Int>, into x: MutableMatrixView<Source.Element>, scaling: Scaling?) {
    source.load(range, into: x, scaling: scaling)
  }

  func input(_ range: Range<Int>, loaded x: MatrixView<Source.Element>, scaling: Scaling?) -> LayerInput<Source.Element>
  {
    source.input(range, loaded: x, scaling: scaling)
  }

  func hiding(_ range: Range<Int>) -> (positions: UnsafeBufferPointer<UInt64>, noise: NoiseStream)? {
    source.hiding(range)
  }

  func packed(scaling: Scaling?) -> PackedData { source.packed(scaling: scaling) }

  func loadCondition(_ range: Range<Int>, into condition: MutableMatrixView<Source.Element>) {
    source.loadCondition(range, into: condition)
  }

  func drawNoise(
    _ range: Range<Int>, firstSample: Int, samples: Int, into noise: MutableMatrixView<Source.Element>
  ) {
    source.drawNoise(range, firstSample: firstSample, samples: samples, into: noise)
  }
}
