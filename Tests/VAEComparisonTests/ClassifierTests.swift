import TestSupport
import Testing
import VAEComparison
import VAECore

/// The classifier against scikit-learn, and against a case with a closed form.
struct ClassifierTests {
  @Test(arguments: ComparisonFixture.names) func coefficientsAreScikitLearns(name: String) throws {
    let fixture = try #require(ComparisonFixture.cases[name])
    let problem = try ClassifierProblem(
      of: fixture.target, training: ComparisonFixture.table(fixture.training),
      synthetic: ComparisonFixture.table(fixture.synthetic), heldOut: ComparisonFixture.table(fixture.heldOut))
    for (isSynthetic, expected) in [(false, fixture.classifier.training), (true, fixture.classifier.synthetic)] {
      let fitted = try problem.coefficients(synthetic: isSynthetic)
      #expect(fitted.map(\.name) == expected.models.map(\.class))
      for (model, reference) in zip(fitted, expected.models) {
        #expect(Set(model.coefficients.keys) == Set(reference.coefficients.keys))
        #expect(isClose(model.intercept, reference.intercept, 1e-6))
        for (feature, value) in reference.coefficients {
          #expect(isClose(model.coefficients[feature], value, 1e-6), "\(feature)")
        }
      }
    }
  }

  @Test(arguments: ComparisonFixture.names) func scoresAreScikitLearns(name: String) throws {
    let fixture = try #require(ComparisonFixture.cases[name])
    let prediction = try #require(try fixture.comparison().prediction)
    #expect(prediction.rarestClass == fixture.classifier.training.rare)
    for (scores, expected) in [
      (prediction.trainedOnReal, fixture.classifier.training),
      (prediction.trainedOnSynthetic, fixture.classifier.synthetic),
    ] {
      #expect(isClose(scores.areaUnderCurve, expected.area))
      #expect(isClose(scores.f1OfRarest, expected.f1))
      #expect(isClose(scores.macroF1, expected.macroF1))
    }
  }

  /// Without features that differ, the intercept is the classes' log-odds.
  @Test func theInterceptIsTheLogOdds() throws {
    let rows = try table(("x", .numbers([1, 1, 1, 1])), ("y", .texts("a", "b", "b", "b")))
    let problem = try ClassifierProblem(of: "y", training: rows, synthetic: rows, heldOut: rows)
    let model = try problem.coefficients(synthetic: false)[0]
    #expect(model.name == "a" && isClose(model.intercept, -1.0986122886681098, 1e-12))
    #expect(model.coefficients == ["x": 0])
  }

  /// Synthetic rows that have lost a class say always the other one.
  @Test func aClassThatIsLost() throws {
    let rows = try table(("x", .numbers([1, 2, 3, 4])), ("y", .texts("a", "b", "b", "b")))
    let lost = try table(("x", .numbers([1, 2])), ("y", .texts("b", "b")))
    let prediction = try TargetPrediction(of: "y", training: rows, synthetic: lost, heldOut: rows)
    #expect(prediction.trainedOnSynthetic.areaUnderCurve == 0.5 && prediction.trainedOnSynthetic.f1OfRarest == 0)
    // F1 of the other one: 2·3/(3 + 4).
    #expect(isClose(prediction.trainedOnSynthetic.macroF1, 3 / 7.0))
    #expect(prediction.trainedOnReal.areaUnderCurve == 1)
    let one = try table(("x", .numbers([1])), ("y", .texts("b")))
    #expect(
      try TargetPrediction(of: "y", training: rows, synthetic: rows, heldOut: one).trainedOnReal.areaUnderCurve == nil)
  }

  /// A level that training rows lack, a gap and a class that nobody knows: no indicator, the mean, and never right.
  @Test func whatTrainingRowsLack() throws {
    let rows = try table(
      ("x", .numbers([1, 2, 3, 6])), ("t", .texts("p", "q", "p", "q")), ("y", .texts("a", "b", "a", "b")))
    let odd = try table(
      ("x", .numbers([.nan, .nan, 3])), ("t", .texts("new", nil, "p")), ("y", .texts("a", "b", "unheard of")))
    let problem = try ClassifierProblem(of: "y", training: rows, synthetic: rows, heldOut: odd)
    #expect(problem.featureNames == ["x", "t=p", "t=q"])
    #expect(problem.heldOutFeatures == [[0, 0, 0, 1], [0, 0, 0, 1], [0, 1, 0, 1]])
    let prediction = try TargetPrediction(of: "y", training: rows, synthetic: rows, heldOut: odd)
    #expect(prediction.rows == 3 && prediction.classes == ["a", "b"])
  }

  /// Newton's whole steps do not converge on well separated classes far out; halved ones do.
  @Test func separatedClasses() throws {
    let numbers = (0..<200).map { Double($0 < 3 ? 1 : 0) * 1e3 + Double($0) * 1e-3 }
    let labels = (0..<200).map { $0 < 3 ? "a" : "b" }
    let rows = try table(("x", .numbers(numbers)), ("y", .texts(TextValues(labels))))
    let problem = try ClassifierProblem(of: "y", training: rows, synthetic: rows, heldOut: rows)
    let model = try problem.coefficients(synthetic: false)[0]
    #expect(model.intercept.isFinite && model.coefficients["x"]! > 0)
    #expect(try TargetPrediction(of: "y", training: rows, synthetic: rows, heldOut: rows).trainedOnReal.macroF1 == 1)
  }
}
