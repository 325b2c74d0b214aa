import TestSupport
import Testing
import VAEComparison
import VAECore

/// What is refused, and that it is said which columns differ.
struct ComparedTableTests {
  private func refusal(_ body: () throws -> Void) -> VAEError? { #expect(throws: VAEError.self) { try body() } }

  @Test func tablesThatAreNone() {
    #expect(refusal { _ = try ComparedTable([]) }?.lacks("without columns") == [])
    #expect(refusal { _ = try table(("x", .numbers([]))) }?.lacks("without rows") == [])
    #expect(refusal { _ = try table(("x", .numbers([1])), ("x", .numbers([1]))) }?.lacks("called x") == [])
    #expect(refusal { _ = try table(("x", .numbers([1])), ("y", .texts("a", "b"))) }?.lacks("y has 2", "x has 1") == [])
    #expect(refusal { _ = try table(("x", .numbers([1, .infinity]))) }?.lacks("x", "row 1") == [])
    #expect(refusal { _ = try TextValues(levels: ["a", "a"], indices: []) }?.lacks("only 1") == [])
    #expect(refusal { _ = try TextValues(levels: ["a"], indices: [0, 1]) }?.lacks("Row 1") == [])
    #expect(refusal { _ = try TextValues(levels: ["a"], indices: [-2]) }?.lacks("Row 0") == [])
  }

  @Test func columnsThatDiffer() throws {
    let real = try table(("x", .numbers([1])), ("y", .texts("a")))
    let other = try table(("x", .numbers([1])), ("z", .texts("a")))
    #expect(
      refusal { _ = try NewRows(real: real, synthetic: other) }?
        .lacks("only the real rows have y", "only the synthetic rows have z") == [])
    let kinds = try table(("x", .texts("1")), ("y", .texts("a")))
    #expect(
      refusal { _ = try TableComparison(real: real, synthetic: kinds) }?
        .lacks("x has numbers in the real rows and texts in the synthetic rows") == [])
    #expect(
      refusal { _ = try TableComparison(real: real, synthetic: real, heldOut: other) }?.lacks("held-out rows") == [])
  }

  @Test func targetsThatAreNone() throws {
    let rows = try table(("x", .numbers([1, 2])), ("y", .texts("a", "a")), ("z", .texts("a", "b")))
    let gaps = try table(("x", .numbers([1])), ("y", .texts("a")), ("z", .texts(nil)))
    func refuse(_ target: String, _ synthetic: ComparedTable? = nil) -> VAEError? {
      refusal { _ = try TargetPrediction(of: target, training: rows, synthetic: synthetic ?? rows, heldOut: rows) }
    }
    #expect(refuse("w")?.lacks("no column w") == [])
    #expect(refuse("x")?.lacks("x has numbers") == [])
    #expect(refuse("y")?.lacks("one text only") == [])
    #expect(refuse("z", gaps)?.lacks("No synthetic row") == [])
    #expect(refusal { _ = try TableComparison(real: rows, synthetic: rows, target: "z") }?.lacks("held-out") == [])
    let names = try table(
      ("id", .texts(TextValues((0..<5000).map { "\($0)" }))),
      ("z", .texts(TextValues((0..<5000).map { $0 % 2 == 0 ? "a" : "b" }))))
    let error = refusal { _ = try TargetPrediction(of: "z", training: names, synthetic: names, heldOut: names) }
    #expect(error?.lacks("5000", "id") == [] && error?.remedy == .leaveOutColumn("id"))
  }

  /// Two numberings of the same texts are the same column.
  @Test func levelsGoByTheirTexts() throws {
    let a = try table(("x", .texts(try TextValues(levels: ["p", "q", "r"], indices: [0, 0, 1, -1]))))
    let b = try table(("x", .texts(try TextValues(levels: ["never", "q", "p"], indices: [2, 1, 2, -1]))))
    let comparison = try TableComparison(real: a, synthetic: b)
    #expect(comparison.columnShapes == 1 && comparison.newRows.new == 0)
    #expect(comparison.columns[0].marginal.bars.map(\.label) == ["p", "q", "missing"])
  }
}
