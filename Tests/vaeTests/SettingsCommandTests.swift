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

  /// A likelihood, an optimizer or a schedule that is chosen anew takes the settings of the one before along; a bound keeps
  /// the file's weights, and those that it has no place for are refused.
  @Test func settingsThatBelongToAChoice() throws {
    try withTemporaryFolder { folder in
      let model = "\"data\":\"synthetic\",\"epochs\":0,\"hidden\":[4],\"latent\":2"
      func settings(_ own: String, _ options: String) throws -> [String: Any] {
        try folder.write(Array("{\(model),\(own)}".utf8), "c.json")
        try folder.vae("train --config c.json --out run --overwrite \(options)")
        let file = try Data(contentsOf: URL(filePath: folder.file("run/config.json")))
        return try #require(JSONSerialization.jsonObject(with: file) as? [String: Any])
      }
      let adam = "\"optimizer\":\"adam\",\"beta1\":0.5"
      #expect(try settings(adam, "")["beta1"] as? Double == 0.5)
      #expect(try settings(adam, "--optimizer adamw")["beta1"] as? Double == 0.9)
      let weights = "\"bound\":\"elbo\",\"beta\":0.5,\"free_bits\":0.25"
      let kept = try settings(weights, "--bound elbo")
      #expect(kept["beta"] as? Double == 0.5 && kept["free_bits"] as? Double == 0.25)
      try folder.expectFailure(["train", "--config", "c.json", "--out", "other", "--bound", "iwae"], ["free_bits"])
    }
  }

  /// What cannot be is said as it stands in the file, with what could be there.
  @Test(arguments: [
    ("\"latent\":{}", ["\"latent\" cannot be {}", "a whole number"]),
    ("\"hidden\":{\"a\":1}", ["cannot be {a 1}", "a list of whole numbers"]),
    ("\"variance\":[2],\"likelihood\":\"gaussian\"", ["cannot be [2]", "a number, per-feature, learned"]),
    ("\"white_level\":[]", ["cannot be []", "a whole number from 1 on, none"]),
    ("\"white_level\":1.5", ["cannot be 1.5", "a whole number from 1 on, none"]),
    ("\"condition\":true", ["cannot be true", "a text"]),
  ])
  func valuesThatCannotBe(setting: String, words: [String]) throws {
    try withTemporaryFolder { folder in
      try folder.write(Array("{\"data\":\"synthetic\",\(setting)}".utf8), "c.json")
      try folder.expectFailure(["train", "--config", "c.json", "--out", "run"], words)
    }
  }
}
