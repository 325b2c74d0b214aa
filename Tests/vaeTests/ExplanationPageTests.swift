import Foundation
import TestSupport
import Testing

/// The page of `vae explain --html` in a browser: it is drawn without an error, and points at the path asked for.
struct ExplanationPageTests {
  /// Debian's Chromium, or what VAE_CHROMIUM names.
  private static let browser: String? = {
    let given = ProcessInfo.processInfo.environment["VAE_CHROMIUM"]
    return (given.map { [$0] } ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"])
      .first(where: FileManager.default.isExecutableFile)
  }()

  /// The page's elements once its script has run.
  private func dom(_ file: String, hash: String = "", in folder: TemporaryFolder) throws -> String {
    let result = try Tool.run(
      Self.browser!,
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder.file("profile"))", "--dump-dom",
        "file://\(folder.file(file))\(hash)",
      ], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    // The script and the data say the same words.
    return result.output.split(separator: "<script").first.map(String.init) ?? ""
  }

  private func count(_ text: String, _ part: String) -> Int { text.components(separatedBy: part).count - 1 }

  @Test(.enabled(if: ExplanationPageTests.browser != nil, "There is no Chromium."))
  func drawsTheQuestionsNetwork() throws {
    try withTemporaryFolder { folder in
      try folder.vae("explain --weight w1 --error elbo --samples 3 --html page.html")
      let page = try dom("page.html", in: folder)
      // x1…x4, H and HA of both networks, μ, σ, s, z, O and OA, E
      #expect(count(page, "<circle") == 4 + 6 + 6 + 4 + 8 + 1)
      // All connections, of which a path takes eleven, or twelve through σ.
      #expect(count(page, "<line") == 12 + 3 + 6 + 1 + 2 + 3 + 3 + 12 + 4 + 4)
      #expect(count(page, "<button") == 4 && count(page, "data-path") == 24)
      #expect(count(page, "<line") > 0 && count(page, "<mfrac>") == 9 && count(page, "class=\"on\"") == 9 + 10)
      #expect(page.contains("How ∂loss/∂w1 comes about"))
      // The fourth sample is the KL divergence; its second path goes through σ.
      let kl = try dom("page.html", hash: "#sample=4&path=2", in: folder)
      #expect(count(kl, "data-path") == 2 && count(kl, "<mfrac>") == 5)
    }
  }

  @Test(.enabled(if: ExplanationPageTests.browser != nil, "There is no Chromium."))
  func drawsPartsOfALargeNetwork() throws {
    try withTemporaryFolder { folder in
      try folder.vae("train --data synthetic --out run --hidden 30 --latent 15 --epochs 0")
      try folder.vae("explain --model run --weight w5 --top 3 --html page.html")
      let page = try dom("page.html", in: folder)
      #expect(page.contains("255 more") && page.contains("all other paths together") && page.contains("all 30"))
      #expect(count(page, "data-path") == 3 && count(page, "class=\"on\"") == 9 + 10)
    }
  }

  /// Pointing at a unit or at a connection chooses a path through it, close to the one before.
  @Test(.enabled(if: ExplanationPageTests.browser != nil, "There is no Chromium."))
  func followsThePointer() throws {
    try withTemporaryFolder { folder in
      try folder.vae("explain --weight w1 --html page.html")
      let page = String(decoding: try folder.bytes("page.html"), as: UTF8.self)
      func chosen(_ points: [String]) throws -> Substring {
        let script = points.map { "document.querySelector('\($0)').dispatchEvent(new Event('mouseenter'));" }.joined()
        try folder.write(page.replacing("</body>", with: "<script>\(script)</script></body>"), "pointed.html")
        let row = try dom("pointed.html", in: folder).firstMatch(of: #/<tr[^>]*class="chosen"[^>]*><td>([^<]*)</#)
        return row?.1 ?? ""
      }
      #expect(try chosen([]) == "x1 → H1 → HA1 → μ → z → H4 → HA4 → O1 → OA1 → E")
      let path = try chosen(["circle[data-unit=OA3]", "circle[data-unit=s]", "line[data-link=\"z H5\"] + path"])
      #expect(path == "x1 → H1 → HA1 → s → σ → z → H5 → HA5 → O3 → OA3 → E")
      // No path goes there.
      #expect(try chosen(["circle[data-unit=x2]"]) == "x1 → H1 → HA1 → μ → z → H4 → HA4 → O1 → OA1 → E")
    }
  }

  /// A start that is not there is the first, and formulas are set, not spelt.
  @Test(.enabled(if: ExplanationPageTests.browser != nil, "There is no Chromium."))
  func startsAnywhere() throws {
    try withTemporaryFolder { folder in
      try folder.vae("explain --weight w1 --html page.html")
      for hash in ["#sample=x&path=-3", "#sample=0&path=99"] {
        let page = try dom("page.html", hash: hash, in: folder)
        #expect(count(page, "class=\"chosen\"") == 1 && count(page, "<mfrac>") >= 9, "\(hash)")
        #expect(page.contains("Σ<sub>j</sub> (x<sub>j</sub> − OA<sub>j</sub>)"))
      }
    }
  }

  /// It needs nothing from elsewhere, and text cannot end its script.
  @Test func isSelfContained() throws {
    try withTemporaryFolder { folder in
      try folder.write(#"{"data_size": 2, "hidden": [2], "latent": 1}"#, "<script>.json")
      try folder.vae("explain --config <script>.json --x 0.1,0.2 --weight w1 --html page.html")
      let page = String(decoding: try folder.bytes("page.html"), as: UTF8.self)
      #expect(count(page, "<script") == 2 && count(page, "</script") == 2)
      #expect(!page.contains("src=") && !page.contains("href=") && !page.contains("@import"))
      #expect(count(page, "http") == count(page, "http://www.w3.org/"))
    }
  }
}
