import CVectorMath

/// Random numbers by position, not by order (Philox4x32-10; Salmon et al., "Parallel random numbers: as easy as
/// 1, 2, 3", SC 2011).
///
/// The seed is the key; what the number is for, the step, the datum's position in its set, the sample and the
/// dimension are the counter. The noise of a datum therefore depends on nothing else, not on threads, blocks or the
/// order of the minibatch, and there is no generator state to save.
package struct NoiseStream: Sendable, Hashable {
  package enum Purpose: UInt32, Sendable {
    case initialization = 0
    case shuffling, latent, binarization, evaluation, evaluationBinarization, prior, synthesis,
      gradientVariance, subset, blockShuffling, split, observation, condition, mode, hiding
  }

  package let seed: UInt64
  package let purpose: Purpose
  package let step: Int

  package init(seed: UInt64, purpose: Purpose, step: Int = 0) {
    precondition(step >= 0 && step < 1 << 36, "step \(step) of a noise stream")
    self.seed = seed
    self.purpose = purpose
    self.step = step
  }

  var kernel: vm_stream { vm_stream(seed: seed, step: UInt64(step), purpose: purpose.rawValue) }

  /// The counter has 24 bits each for samples and for groups of four dimensions, and 40 for positions.
  func check(groups columns: Int, samples: Int) {
    precondition(columns <= 4 << 24 && samples <= 1 << 24, "noise of \(columns) dimensions and \(samples) samples")
  }
}

/// A sequence of random words from one stream, for the few places that draw in order.
package struct PhiloxGenerator: RandomNumberGenerator, Sendable {
  private let seed: UInt64
  private var counter: vm_words
  private var words = vm_words()
  private var used = 4

  /// The words of datum `position` of the stream.
  package init(_ stream: NoiseStream, position: UInt64 = 0) {
    precondition(position < 1 << 40, "position \(position) of a noise stream")
    seed = stream.seed
    counter = vm_words(
      x0: UInt32(position >> 32) << 24, x1: UInt32(stream.step >> 32) << 24 | stream.purpose.rawValue << 28,
      x2: UInt32(truncatingIfNeeded: position), x3: UInt32(truncatingIfNeeded: stream.step))
  }

  package mutating func nextWord() -> UInt32 {
    if used == 4 {
      words = vm_philox4x32_10(counter, UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32))
      used = 0
      // Groups and samples together count the blocks: 2^48 of them.
      counter.x0 &+= 1
      if counter.x0 & 0xff_ffff == 0 {
        counter.x0 &-= 1 << 24
        counter.x1 += 1
      }
    }
    used += 1
    return switch used {
    case 1: words.x0
    case 2: words.x1
    case 3: words.x2
    default: words.x3
    }
  }

  package mutating func next() -> UInt64 { UInt64(nextWord()) << 32 | UInt64(nextWord()) }

  /// A number below `bound`, without bias (Lemire 2019, "Fast random integer generation in an interval").
  package mutating func next(below bound: Int) -> Int {
    precondition(bound > 0, "a random number below \(bound)")
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// [0, 1) in steps of 2⁻⁵³.
  package mutating func nextUniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
