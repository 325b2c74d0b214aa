extension SettingValue {
  /// As one would type it, a whole number without ".0": 99999 and 0.1.
  var exactText: String {
    if case .number(let number) = self, let whole = Int(exactly: number), abs(whole) < 1 << 53 { return "\(whole)" }
    return text
  }
}
