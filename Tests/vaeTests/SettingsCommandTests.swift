import Foundation
import TestSupport
import Testing

/// What the tables of settings say, in the list that the tool prints, in its options and in the article.
struct SettingsCommandTests {
  private struct Entry: Decodable {
    let name: String
    let help: String
    let usually: String?
    let isOption: Bool
  }

  private static let article = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources/VAECore/VAECore.docc/AllSettings.md")

  private func entries() throws -> [Entry] {
    try withTemporaryFolder { folder in
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode([Entry].self, from: Data(folder.vae("settings --json").output.utf8))
    }
  }

  /// With VAE_UPDATE_ARTICLE=1 in the environment the article's table is made anew.
  @Test func theArticleIsTheTables() throws {
    let text = try String(contentsOf: Self.article, encoding: .utf8)
    let mark = try #require(text.range(of: "-->\n"))
    let rows = try entries().map { entry in
      "| `\(entry.name)` | \(entry.help.replacing("|", with: "\\|")) | \(entry.usually ?? "–") |\n"
    }
    let expected =
      text[..<mark.upperBound] + "\n| setting | what it is | usually |\n|---|---|---|\n" + rows.joined()
    if ProcessInfo.processInfo.environment["VAE_UPDATE_ARTICLE"] == "1" {
      try Data(expected.utf8).write(to: Self.article)
    }
    let isCurrent = try String(contentsOf: Self.article, encoding: .utf8) == expected
    #expect(isCurrent, "Run the test with VAE_UPDATE_ARTICLE=1.")
  }

  /// Every setting but those that follow from something else is an option, and has one owner.
  @Test func everySettingIsAnOption() throws {
    let entries = try entries()
    #expect(Set(entries.map(\.name)).count == entries.count && entries.count > 50)
    try withTemporaryFolder { folder in
      let help = try folder.vae("train --help").output
      for entry in entries {
        let option = "--\(entry.name.replacing("_", with: "-"))"
        let isThere = [" ", "\n", "/"].contains { help.contains("  \(option)\($0)") }
        #expect(isThere == entry.isOption, "\(option)")
      }
    }
  }
}
