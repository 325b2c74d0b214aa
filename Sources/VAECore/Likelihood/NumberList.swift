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

/// Two numbers as a setting's text, the lesser first; none where nothing is said.
struct NumberRange: SettingRepresentable, Hashable {
  var range: ClosedRange<Double>?

  init(_ range: ClosedRange<Double>?) { self.range = range }

  static var settingForm: SettingForm { NumberList.settingForm }
  var settingValue: SettingValue? { NumberList(range.map { [$0.lowerBound, $0.upperBound] } ?? []).settingValue }

  init?(settingValue: SettingValue) {
    guard let numbers = NumberList(settingValue: settingValue)?.numbers else { return nil }
    switch numbers.count {
    case 0: range = nil
    case 2 where numbers[0] <= numbers[1]: range = numbers[0]...numbers[1]
    default: return nil
    }
  }
}
