import Foundation
import TestSupport
import Testing

/// The article's numbers are the program's, and its copy for reading in the repository is the article.
struct ArticleTests {
  private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let article = repository.appending(
    path: "Sources/VAEExplanation/VAEExplanation.docc/Backpropagation.md")
  private static let copy = repository.appending(path: "Documentation/backpropagation.md")

  private func text(_ url: URL) throws -> String { String(decoding: try Data(contentsOf: url), as: UTF8.self) }

  /// Each block that begins with a call of `vae`: the arguments, and what it printed, "…" standing for any lines.
  private func calls() throws -> [(arguments: [String], output: [Substring])] {
    let parts = try text(Self.article).components(separatedBy: "```")
    return stride(from: 1, to: parts.count, by: 2).compactMap { index in
      let lines = parts[index].split(separator: "\n", omittingEmptySubsequences: false).dropFirst().dropLast()
      guard let call = lines.first, call.hasPrefix("$ vae ") else { return nil }
      return (call.split(separator: " ").dropFirst(2).map(String.init), Array(lines.dropFirst()))
    }
  }

  @Test func theNumbersAreTheProgramsOwn() throws {
    let calls = try calls()
    #expect(calls.count == 2)
    try withTemporaryFolder { folder in
      for (arguments, expected) in calls {
        let result = try Tool.run(arguments, in: folder)
        #expect(result.status == 0)
        let printed = result.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        // Parts that must follow each other; the first and the last one stand at the ends.
        var place = printed.startIndex
        let parts = expected.split(separator: "…", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() where !part.isEmpty {
          let starts =
            index == 0
            ? place...place
            : index == parts.count - 1
              ? printed.endIndex - part.count...printed.endIndex - part.count
              : place...max(place, printed.endIndex - part.count)
          let found = starts.first { start in
            zip(printed[start...], part).allSatisfy(isSame)
          }
          #expect(found != nil, "\(arguments): not printed any more:\n\(part.joined(separator: "\n"))")
          place = (found ?? place) + part.count
        }
      }
    }
  }

  /// The same words and, up to the last digits, the same numbers; where those are rounding errors, no matter which.
  private func isSame(_ a: Substring, _ b: Substring) -> Bool {
    let number = /-?[0-9]+(\.[0-9]+)?(e[-+][0-9]+)?/
    func words(_ line: Substring) -> [Substring] {
      line.replacing(number, with: "#").split(separator: " ").map { Substring($0) }
    }
    func numbers(_ line: Substring) -> [Double] { line.matches(of: number).map { Double(line[$0.range])! } }
    return words(a) == words(b)
      && zip(numbers(a), numbers(b)).allSatisfy {
        abs($0 - $1) <= 1e-4 * max(abs($0), abs($1)) || max(abs($0), abs($1)) < 1e-9
      }
  }

  /// A changed number is noticed.
  @Test func aDifferentNumberIsNoticed() {
    #expect(isSame("a = 1.5 · 2.0e-16", "a  = 1.50001 · 3.1e-12"))
    #expect(!isSame("a = 1.5", "a = 1.501") && !isSame("a = 1", "b = 1") && !isSame("a = 1.5", "a = -1.5"))
  }

  /// With VAE_UPDATE_ARTICLE=1 in the environment the copy is made anew.
  @Test func theCopyIsTheArticle() throws {
    var expected = try text(Self.article)
    for (link, target) in [
      "the article One training step": "[One training step](../Sources/VAECore/VAECore.docc/TrainingStep.md)",
      "``/VAECore/GradientAccumulation/joint``": "`GradientAccumulation.joint`",
      "``/VAECore/GradientAccumulation/accumulated(samplesPerPass:)``": "`GradientAccumulation.accumulated`",
      "](explain)": "](../Sources/VAEExplanation/VAEExplanation.docc/Resources/explain.png)",
      "](variance)": "](../Sources/VAEExplanation/VAEExplanation.docc/Resources/variance.svg)",
      "](minibatches)": "](../Sources/VAEExplanation/VAEExplanation.docc/Resources/minibatches.svg)",
    ] {
      #expect(expected.contains(link), "\(link)")
      expected = expected.replacing(link, with: target)
    }
    let prose = expected.replacing("```", with: "")
    #expect(!prose.contains("``") && !prose.contains("<doc:"), "a link that the copy has no place for")
    if ProcessInfo.processInfo.environment["VAE_UPDATE_ARTICLE"] == "1" {
      try Data(expected.utf8).write(to: Self.copy)
    }
    let isCurrent = try text(Self.copy) == expected
    #expect(isCurrent, "Run the test with VAE_UPDATE_ARTICLE=1.")
  }
}
