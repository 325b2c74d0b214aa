import TestSupport
import Testing
import VAECore

/// Areas under the curve against scikit-learn's, and by counting pairs.
struct ROCTests {
  @Test func fixtureHasTies() { #expect(EvaluationFixture.shared.roc.count == 8) }

  @Test(arguments: EvaluationFixture.shared.roc) func agreesWithScikitLearn(reference: EvaluationFixture.ROCCase)
    throws
  {
    let area = try ROC.areaUnderCurve(reference.scores, isPositive: reference.classes)
    #expect(abs(area - reference.area) < 1e-14)
  }

  @Test func isTheShareOfPairsWon() throws {
    var random = TestRandom(1)
    let classes = (0..<200).map { _ in random.uniform() < 0.4 }
    let scores = classes.map { ($0 ? 1 : 0) + (3 * random.normal()).rounded() }
    var (won, pairs) = (0.0, 0.0)
    for (a, isPositive) in zip(scores, classes) where isPositive {
      for (b, isOther) in zip(scores, classes) where !isOther {
        won += a > b ? 1 : a == b ? 0.5 : 0
        pairs += 1
      }
    }
    #expect(try ROC.areaUnderCurve(scores, isPositive: classes) == won / pairs)
    // The classes exchanged, the share is the rest.
    let other = try ROC.areaUnderCurve(scores, isPositive: classes.map { !$0 })
    #expect(abs(other - (1 - won / pairs)) < 1e-15)
  }

  @Test func takesInfiniteScores() throws {
    #expect(try ROC.areaUnderCurve([.infinity, 0, -.infinity], isPositive: [true, false, false]) == 1)
  }

  @Test func refusesWhatHasNoArea() {
    for classes in [[true, true], [false, false]] {
      let error = #expect(throws: VAEError.self) { _ = try ROC.areaUnderCurve([1, 2], isPositive: classes) }
      #expect(error?.lacks("both classes") == [])
    }
    let error = #expect(throws: VAEError.self) {
      _ = try ROC.areaUnderCurve([1, .nan, 2], isPositive: [true, false, true])
    }
    #expect(error?.lacks("Score 1") == [])
  }
}
