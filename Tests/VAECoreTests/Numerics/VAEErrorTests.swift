import Testing
import VAECore

struct VAEErrorTests {
  /// What a file brings into a message does not fill the screen, and what is said before and behind it stays.
  @Test(arguments: ["x", "é", "👩‍👩‍👧‍👦", "\u{301}"]) func longTextsAreCut(character: String) {
    let name = String(repeating: character, count: 100_000)
    let error = VAEError(.file, "model.safetensors has no tensor \(name): choose another.")
    #expect(error.description.utf8.count <= 2000)
    #expect(error.description.hasPrefix("model.safetensors has no tensor"))
    #expect(error.description.contains(" … ") && error.description.hasSuffix(": choose another."))
    let whole = "model.safetensors: " + String(repeating: "x", count: 1981)
    #expect(VAEError(.file, whole).description == whole)
  }
}
