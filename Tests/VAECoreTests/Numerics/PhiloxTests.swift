import CVectorMath
import Testing
import VAECore

/// Philox4x32-10 itself, and the generator that draws its words in order.
struct PhiloxTests {
  struct KnownAnswer: Sendable {
    let counter: [UInt32], key: [UInt32], words: [UInt32]
  }

  /// From the known-answer file of Random123, by the authors of Philox.
  static let knownAnswers = [
    KnownAnswer(counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    KnownAnswer(
      counter: [.max, .max, .max, .max], key: [.max, .max],
      words: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
    KnownAnswer(
      counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0],
      words: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
  ]

  @Test(arguments: knownAnswers) func knownAnswer(_ answer: KnownAnswer) {
    let c = answer.counter
    let words = vm_philox4x32_10(vm_words(x0: c[0], x1: c[1], x2: c[2], x3: c[3]), answer.key[0], answer.key[1])
    #expect([words.x0, words.x1, words.x2, words.x3] == answer.words)
  }

  /// The generator starts with the words that noise uses: those of group 0, 1, … of sample 0.
  @Test func generatorFollowsTheCounter() {
    for stream in ReferenceNoise.streams {
      for position in ReferenceNoise.positions {
        var generator = PhiloxGenerator(stream, position: position)
        let expected = (0..<5).flatMap { ReferenceNoise(stream, position: position, sample: 0, group: $0).words }
        #expect(expected.map { _ in generator.nextWord() } == expected)
        var pairs = PhiloxGenerator(stream, position: position)
        #expect(pairs.next() == UInt64(expected[0]) << 32 | UInt64(expected[1]))
        #expect(pairs.nextUniform() == Double((UInt64(expected[2]) << 32 | UInt64(expected[3])) >> 11) * 0x1p-53)
      }
    }
  }

  /// Behind the last group comes the next sample, for the last position, too.
  @Test func generatorGoesOnBehindTheLastGroup() {
    let stream = NoiseStream(seed: 5, purpose: .shuffling)
    let position: UInt64 = 1 << 40 - 1
    var generator = PhiloxGenerator(stream, position: position)
    for _ in 0..<4 << 24 { _ = generator.nextWord() }
    let expected = ReferenceNoise(stream, position: position, sample: 1, group: 0).words
    #expect(expected.map { _ in generator.nextWord() } == expected)
  }

  /// Pearson's statistic of 100 draws per value, against its mean plus five standard deviations.
  @Test(arguments: [1, 2, 3, 6, 10, 1000]) func numbersBelowABoundAreUniform(bound: Int) {
    var generator = PhiloxGenerator(NoiseStream(seed: 11, purpose: .shuffling))
    let expected = 100.0
    var counts = Array(repeating: 0.0, count: bound)
    for _ in 0..<Int(expected) * bound { counts[generator.next(below: bound)] += 1 }
    let statistic = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    let freedom = Double(bound - 1)
    #expect(statistic <= freedom + 5 * (2 * freedom).squareRoot())
  }

  /// 2⁶⁴ is 2⅔ times this bound: the remainder would draw the first two thirds three times for twice the last.
  @Test func rejectionRemovesTheBias() {
    var generator = PhiloxGenerator(NoiseStream(seed: 12, purpose: .shuffling))
    let third = 1 << 61
    let draws = 90_000.0
    var counts = [0.0, 0, 0]
    for _ in 0..<Int(draws) { counts[generator.next(below: 3 * third) / third] += 1 }
    let deviation = (draws * 2 / 9).squareRoot()
    for count in counts { #expect(abs(count - draws / 3) <= 5 * deviation) }
  }

  @Test func uniformNumbersAreBelowOne() {
    var generator = PhiloxGenerator(NoiseStream(seed: 13, purpose: .synthesis))
    let count = 1 << 18
    let numbers = (0..<count).map { _ in generator.nextUniform() }
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
    let mean = numbers.reduce(0, +) / Double(count)
    #expect(abs(mean - 0.5) <= 5 * (1 / 12 / Double(count)).squareRoot())
  }
}
