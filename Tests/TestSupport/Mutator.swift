import VAECore

/// Damages files at random, but the same way at every run: flipped bits, other bytes, cuts, repetitions, parts of other
/// files, and integers at the ends of their range.
package struct Mutator {
  private var generator: PhiloxGenerator

  /// The seed determines all damage.
  package init(seed: UInt64) { generator = PhiloxGenerator(NoiseStream(seed: seed, purpose: .synthesis)) }

  /// One of the examples with one to four damages, now and then none.
  package mutating func next(from examples: [[UInt8]]) -> [UInt8] {
    var bytes = examples[generator.next(below: examples.count)]
    for _ in 0..<generator.next(below: 5) { damage(&bytes, examples) }
    return bytes
  }

  private mutating func damage(_ bytes: inout [UInt8], _ examples: [[UInt8]]) {
    if bytes.isEmpty {
      bytes = [UInt8(generator.next(below: 256))]
      return
    }
    switch generator.next(below: 8) {
    case 0: bytes[place(bytes)] ^= 1 << UInt8(generator.next(below: 8))
    case 1: bytes[place(bytes)] = UInt8(generator.next(below: 256))
    case 2: bytes[place(bytes)] = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x22, 0x2c, 0x28, 0x7b][generator.next(below: 10)]
    case 3: bytes.removeLast(generator.next(below: bytes.count + 1))
    case 4: bytes.removeSubrange(range(bytes))
    case 5: bytes.insert(contentsOf: bytes[range(bytes)], at: place(bytes))
    case 6:
      let other = examples[generator.next(below: examples.count)]
      if !other.isEmpty { bytes.insert(contentsOf: other[range(other)], at: place(bytes)) }
    default: setInteger(&bytes)
    }
  }

  /// A place, as often as not near the beginning or the end, where headers are.
  private mutating func place(_ bytes: [UInt8]) -> Int {
    let near = min(64, bytes.count)
    return switch generator.next(below: 4) {
    case 0: generator.next(below: near)
    case 1: bytes.count - 1 - generator.next(below: near)
    default: generator.next(below: bytes.count)
    }
  }

  private mutating func range(_ bytes: [UInt8]) -> Range<Int> {
    let start = place(bytes)
    return start..<min(bytes.count, start + 1 + generator.next(below: 64))
  }

  private mutating func setInteger(_ bytes: inout [UInt8]) {
    let start = place(bytes)
    let size = [1, 2, 4, 8][generator.next(below: 4)]
    let extremes: [UInt64] = [
      0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, UInt64(Int64.max), .max, UInt64(bytes.count),
      UInt64(bytes.count) &+ 1, 1 << 40,
    ]
    let value = extremes[generator.next(below: extremes.count)]
    let isBigEndian = generator.next(below: 2) == 0
    for index in 0..<size where start + index < bytes.count {
      let byte = isBigEndian ? size - 1 - index : index
      bytes[start + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))
    }
  }
}
