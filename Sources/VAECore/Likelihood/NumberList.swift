/// Numbers as a setting's text, "0;99999".
struct NumberList: SettingRepresentable, Hashable {
  var numbers: [Double]

  init(_ numbers: [Double]) { self.numbers = numbers }

  static var settingForm: SettingForm { .text }
  var settingValue: SettingValue? {
    .text(numbers.map { SettingValue.number($0).exactText }.joined(separator: ";"))
  }

  init?(settingValue: SettingValue) {
    let text: String
    switch settingValue {
    case .text(let value): text = value
    case .integer, .number, .unsigned: text = settingValue.text
    case .flag, .list, .object: return nil
    }
    let parts = text.isEmpty ? [] : text.split(separator: ";", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }
    guard numbers.count == parts.count, numbers.allSatisfy(\.isFinite) else { return nil }
    self.numbers = numbers
  }
}

extension SettingValue {
  /// As one would type it, a whole number without ".0": 99999 and 0.1.
  var exactText: String {
    if case .number(let number) = self, let whole = Int(exactly: number), abs(whole) < 1 << 53 { return "\(whole)" }
    return text
  }
}
