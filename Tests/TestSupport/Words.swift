import VAECore

extension VAEError {
  /// Which of the words its message lacks; none where it says all that a person needs.
  package func lacks(_ words: [String]) -> [String] { words.filter { !description.contains($0) } }

  /// Which of the words its message lacks.
  package func lacks(_ words: String...) -> [String] { lacks(words) }
}
