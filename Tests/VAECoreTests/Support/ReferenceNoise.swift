import CVectorMath
import Foundation
import VAECore

/// The random words of four consecutive dimensions, and the normals from them, written from the counter's documented
/// layout with libm.
struct ReferenceNoise {
  let words: [UInt32]

  init(_ stream: NoiseStream, position: UInt64, sample: Int, group: Int) {
    let counter = vm_words(
      x0: UInt32(group) | UInt32(position >> 32) << 24,
      x1: UInt32(sample) | UInt32(stream.step >> 32) << 24 | stream.purpose.rawValue << 28,
      x2: UInt32(truncatingIfNeeded: position), x3: UInt32(truncatingIfNeeded: stream.step))
    let words = vm_philox4x32_10(counter, UInt32(truncatingIfNeeded: stream.seed), UInt32(stream.seed >> 32))
    self.words = [words.x0, words.x1, words.x2, words.x3]
  }

  /// Box and Muller: r cos φ and r sin φ, from the first two words and from the last two.
  var normals: [Double] {
    let uniform = words.map { (Double($0) + 0.5) / 4_294_967_296 }
    return [0, 2].flatMap { first in
      let radius = (-2 * log(uniform[first])).squareRoot()
      let angle = 2 * Double.pi * uniform[first + 1]
      return [radius * cos(angle), radius * sin(angle)]
    }
  }

  /// Words in all their bits.
  static let streams = [
    NoiseStream(seed: 0, purpose: .initialization),
    NoiseStream(seed: 0x0123_4567_89ab_cdef, purpose: .latent, step: 77),
    NoiseStream(seed: .max, purpose: .synthesis, step: 1 << 36 - 1),
  ]
  static let positions: [UInt64] = [0, 3, 0xffff_ffff, 0x1_0000_0000, 0x12_3456_789a, 1 << 40 - 1]
}
