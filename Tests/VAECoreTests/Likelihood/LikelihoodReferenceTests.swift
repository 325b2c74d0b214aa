import Foundation
import Testing
import VAECore

/// −log p(x|z) and its derivatives against mpmath's, from Tests/Fixtures/reference_likelihoods.py, over grids that reach
/// to the extremes: logits of ±700, counts of a million, rates and variances over twenty decades.
struct LikelihoodReferenceTests {
  struct Fixture: Decodable {
    let likelihoods: [Reference]
  }

  struct Reference: Decodable, Sendable, CustomTestStringConvertible {
    struct Case: Decodable, Sendable {
      let x: [Double]
      let o: [Double]
      let loss: Double
      let derivatives: [Double]
      /// The fixed variance or scale, where there is one.
      let setting: Double?
      /// The categories' counts.
      let counts: [Int]?
      /// The mixture's column, as in a mix.
      let column: String?
    }

    let likelihood: String
    let cases: [Case]

    var testDescription: String { likelihood }

    func model(of reference: Case) throws -> Likelihood {
      if let column = reference.column { return try Likelihood.Columns.list(column)[0].likelihood }
      let spread = reference.setting.map { SettingValue.number($0) } ?? .text("learned")
      let settings: [String: [String: SettingValue]] = [
        "gaussian": ["variance": spread], "laplace": ["scale": spread],
        "categorical": ["groups": .list([reference.x.count])],
        "category": ["category_sizes": .list([reference.o.count]), "category_counts": .list(reference.counts ?? [])],
      ]
      return try Likelihood(name: likelihood, settings: settings[likelihood] ?? [:])
    }
  }

  static let references: [Reference] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fixtures/reference_likelihoods.json")
    // A missing or damaged fixture must fail, not skip.
    return try! JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file)).likelihoods
  }()

  @Test func fixtureCoversEveryLikelihood() {
    #expect(
      Set(Self.references.map(\.likelihood))
        == Set(Likelihood.names).subtracting([
          "mixed", "squared-error", "difference",
        ]))
    #expect(Self.references.allSatisfy { $0.cases.count >= 30 })
  }

  @Test(arguments: references, supportedLevels) func inDouble(reference: Reference, level: VectorLevel) throws {
    var losses = Worst()
    var derivatives = Worst()
    for one in reference.cases {
      let (loss, derivative) = try reference.model(of: one).evaluate(
        x: Matrix(rows: 1, columns: one.x.count, elements: one.x),
        outputs: Matrix(rows: 1, columns: one.o.count, elements: one.o), level: level)
      let place = "x \(one.x), o \(one.o), \(one.setting.map { "\($0)" } ?? "")"
      losses.add(abs(loss[0] - one.loss), bound: 1e-10 * abs(one.loss), "\(place): \(loss[0]), not \(one.loss)")
      for (index, expected) in one.derivatives.enumerated() {
        // The mean less the datum, or what those cancel to.
        let bound = 1e-10 * abs(expected) + 1e-13 * (1 + one.x.map(abs).max()!)
        derivatives.add(
          abs(derivative[0, index] - expected), bound: bound, "\(place): \(derivative[0, index]), not \(expected)")
      }
    }
    #expect(losses.isWithinBounds, "\(losses)")
    #expect(derivatives.isWithinBounds, "\(derivatives)")
  }

  /// Where single precision can hold the case: what it rounds in the outputs moves the loss by its derivative.
  @Test(arguments: references, supportedLevels) func inFloat(reference: Reference, level: VectorLevel) throws {
    var losses = Worst()
    for one in reference.cases where one.o.allSatisfy({ $0 == 0 || (1e-30...80).contains(abs($0)) }) {
      if let setting = one.setting, !(1e-5...1e5).contains(setting) { continue }
      let (x, o) = (one.x.map { Float($0) }, one.o.map { Float($0) })
      let loss = try reference.model(of: one).evaluate(
        x: Matrix(rows: 1, columns: x.count, elements: x), outputs: Matrix(rows: 1, columns: o.count, elements: o),
        level: level
      ).losses[0]
      let exact = try reference.model(of: one).evaluate(
        x: Matrix(rows: 1, columns: x.count, elements: x.map { Double($0) }),
        outputs: Matrix(rows: 1, columns: o.count, elements: o.map { Double($0) }))
      // Log-ratios of counts and means are rounded at their own size, up to 40, and weigh as much as the smaller of count
      // and 1/dispersion, or as the derivative says.
      let moved =
        exact.derivatives.elements.reduce(0) { $0 + abs($1) } + x.reduce(0) { $0 + Double(abs($1)) }.squareRoot()
      let bound = 1e-6 * (abs(exact.losses[0]) + 4 + moved)
      losses.add(abs(Double(loss) - exact.losses[0]), bound: bound, "x \(x), o \(o): \(loss), not \(exact.losses[0])")
    }
    #expect(losses.isWithinBounds, "\(losses)")
  }
}
