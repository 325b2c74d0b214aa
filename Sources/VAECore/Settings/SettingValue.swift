/// A JSON value, of one of the kinds that settings have.
public enum SettingValue: Codable, Hashable, Sendable {
  /// A whole number.
  case integer(Int)
  /// A whole number too large for `Int`.
  case unsigned(UInt64)
  /// Any other number.
  case number(Double)
  /// True or false.
  case flag(Bool)
  /// A text.
  case text(String)
  /// Whole numbers.
  case list([Int])
  /// Whole numbers by names.
  case object([String: Int])

  /// From a JSON value; throws where it is none that a setting has.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let integer = try? value.decode(Int.self) {
      self = .integer(integer)
    } else if let unsigned = try? value.decode(UInt64.self) {
      self = .unsigned(unsigned)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([Int].self) {
      self = .list(list)
    } else if let object = try? value.decode([String: Int].self) {
      self = .object(object)
    } else {
      let name = decoder.codingPath.map(\.stringValue).joined(separator: ".")
      throw VAEError(
        .configuration,
        "The setting \"\(name)\" must be a number, true or false, a text, a list of whole numbers, or whole numbers by names."
      )
    }
  }

  /// As a JSON value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .integer(let value): try container.encode(value)
    case .unsigned(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .flag(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// For a person to read: 1 and 1e-8, not 1.0 and 1e-08.
  var short: String {
    guard case .number(let number) = self else { return text }
    return Int(exactly: number).map(String.init) ?? text.replacing("e-0", with: "e-")
  }

  /// As one would type it.
  public var text: String {
    switch self {
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .number(let value): "\(value)"
    case .flag(let value): "\(value)"
    case .text(let value): value
    case .list(let value): value.isEmpty ? "none" : value.map(String.init).joined(separator: ",")
    case .object(let value): value.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
  }
}

/// How a setting is written as text: on a command line, between commas.
public enum SettingForm: Hashable, Sendable {
  /// A number, a whole one, or one from 0 on.
  case number, integer, unsigned
  /// True or false.
  case flag
  /// Any text.
  case text
  /// One of some words.
  case word([String])
  /// A number, or one of some words; any text where nil.
  case numberOr([String]?)
  /// A whole number from the given one on, or one of some words.
  case integerFrom(Int, or: [String])
  /// A text of one of some kinds, as "normal(σ)".
  case pattern([String])
  /// Whole numbers, separated by commas; "none" for none of them.
  case list
  /// What nobody writes in words.
  case object

  /// What to do where a value is none of this form: "choose a, b", "give a whole number of at most 64 bits".
  package var advice: String {
    switch self {
    case .number: "give a number"
    case .integer: "give a whole number of at most 64 bits"
    case .unsigned: "give a whole number from 0 on, of at most 64 bits"
    case .flag: "give true or false"
    case .text: "give a text"
    case .list: "give a list of whole numbers"
    case .object: "give whole numbers by names"
    case .numberOr(nil): "give a number or a text"
    case .numberOr(let words?): "choose a number, \(words.joined(separator: ", "))"
    case .integerFrom(let least, let words): "choose a whole number from \(least) on, \(words.joined(separator: ", "))"
    case .word(let words), .pattern(let words): "choose \(words.joined(separator: ", "))"
    }
  }

  /// The value that a text stands for; nil where it is none of this form.
  public func value(of text: String) -> SettingValue? {
    switch self {
    case .number: return Double(text).map { .number($0) }
    case .integer: return Int(text).map { .integer($0) }
    case .unsigned: return UInt64(text).map { .unsigned($0) }
    case .flag: return Bool(text).map { .flag($0) }
    case .text, .pattern: return .text(text)
    case .word(let words): return words.contains(text) ? .text(text) : nil
    case .numberOr(let words):
      if let number = Double(text) { return .number(number) }
      return words?.contains(text) ?? true ? .text(text) : nil
    case .integerFrom(let least, let words):
      if let number = Int(text) { return number < least ? nil : .integer(number) }
      return words.contains(text) ? .text(text) : nil
    case .list:
      let parts = text == "none" ? [] : text.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { Int($0) }
      return numbers.count == parts.count ? .list(numbers) : nil
    case .object: return nil
    }
  }
}

/// A type that a setting may have, to values and back.
public protocol SettingRepresentable: Sendable {
  /// How it is written.
  static var settingForm: SettingForm { get }
  /// As a value; nil where there is nothing to write.
  var settingValue: SettingValue? { get }
  /// From a value; nil where it is no such value.
  init?(settingValue: SettingValue)
}

extension Int: SettingRepresentable {
  /// A whole number.
  public static var settingForm: SettingForm { .integer }
  /// Itself.
  public var settingValue: SettingValue? { .integer(self) }
  /// From a whole number.
  public init?(settingValue: SettingValue) {
    guard case .integer(let value) = settingValue else { return nil }
    self = value
  }
}

extension UInt64: SettingRepresentable {
  /// A whole number from 0 on.
  public static var settingForm: SettingForm { .unsigned }
  /// Itself.
  public var settingValue: SettingValue? { .unsigned(self) }
  /// From a whole number that is not negative.
  public init?(settingValue: SettingValue) {
    switch settingValue {
    case .unsigned(let value): self = value
    case .integer(let value) where value >= 0: self = UInt64(value)
    case .integer, .number, .flag, .text, .list, .object: return nil
    }
  }
}

extension Double: SettingRepresentable {
  /// A number.
  public static var settingForm: SettingForm { .number }
  /// Itself.
  public var settingValue: SettingValue? { .number(self) }
  /// From a number.
  public init?(settingValue: SettingValue) {
    switch settingValue {
    case .number(let value): self = value
    case .integer(let value): self = Double(value)
    case .unsigned(let value): self = Double(value)
    case .flag, .text, .list, .object: return nil
    }
  }
}

extension Bool: SettingRepresentable {
  /// True or false.
  public static var settingForm: SettingForm { .flag }
  /// Itself.
  public var settingValue: SettingValue? { .flag(self) }
  /// From true or false.
  public init?(settingValue: SettingValue) {
    guard case .flag(let value) = settingValue else { return nil }
    self = value
  }
}

extension String: SettingRepresentable {
  /// A text.
  public static var settingForm: SettingForm { .text }
  /// Itself.
  public var settingValue: SettingValue? { .text(self) }
  /// From a text.
  public init?(settingValue: SettingValue) {
    guard case .text(let value) = settingValue else { return nil }
    self = value
  }
}

extension [Int]: SettingRepresentable {
  /// Whole numbers.
  public static var settingForm: SettingForm { .list }
  /// Themselves.
  public var settingValue: SettingValue? { .list(self) }
  /// From whole numbers.
  public init?(settingValue: SettingValue) {
    guard case .list(let value) = settingValue else { return nil }
    self = value
  }
}

extension Optional: SettingRepresentable where Wrapped: SettingRepresentable {
  /// The wrapped type's.
  public static var settingForm: SettingForm { Wrapped.settingForm }
  /// Nothing where it is nil.
  public var settingValue: SettingValue? { flatMap(\.settingValue) }
  /// From a value of what may be there.
  public init?(settingValue: SettingValue) {
    guard let value = Wrapped(settingValue: settingValue) else { return nil }
    self = value
  }
}

/// One of some words.
extension SettingRepresentable where Self: RawRepresentable<String> & CaseIterable {
  /// Its words.
  public static var settingForm: SettingForm { .word(allCases.map(\.rawValue)) }
  /// Its word.
  public var settingValue: SettingValue? { .text(rawValue) }
  /// From its word.
  public init?(settingValue: SettingValue) {
    guard case .text(let word) = settingValue else { return nil }
    self.init(rawValue: word)
  }
}
