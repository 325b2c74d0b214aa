/// A setting of something, declared once, as a line of its owner's table (``Configurable/settings``):
///
///     Setting("batch_size", \.batchSize, "Data per minibatch, M.", .from(1))
///
/// Reading and writing files, checks, the options of a command line and the table in the documentation all follow from it.
public struct Setting<Owner: Sendable>: Sendable {
  /// The names that the setting has in files, with what is to be said of each: as a rule one; several where
  /// names belong together, as a choice and its settings; none for a check of several others.
  public let entries: [SettingEntry]
  /// Which property it is, where it is one.
  let path: @Sendable () -> AnyKeyPath?
  /// Takes over what there is by its names.
  let write: @Sendable (inout Owner, [String: SettingValue]) throws(VAEError) -> Void
  /// All that is to be written.
  let read: @Sendable (Owner) -> [String: SettingValue]
  /// Throws where a value makes no sense.
  package let check: @Sendable (Owner) throws(VAEError) -> Void

  /// A property.
  ///
  /// - Parameters:
  ///   - name: in files, words joined by underscores.
  ///   - path: where the value is.
  ///   - help: what it is, in a sentence or more for a person.
  ///   - demand: which numbers make sense.
  ///   - placeholder: what stands for the value where one writes it, as "file".
  ///   - usual: what is to be said where nothing is set; the value that the owner usually has where nil.
  ///   - isRequired: whether it must be there.
  ///   - isDerived: whether it usually follows from something else, as the size of the data from the data.
  ///   - isBrief: whether it is written only where it is not as usual.
  ///   - replaced: the names of other settings, which are dropped where this one is set anew.
  public init<Value: SettingRepresentable & Equatable>(
    _ name: String, _ path: WritableKeyPath<Owner, Value> & Sendable, _ help: String, _ demand: SettingDemand? = nil,
    placeholder: String? = nil, usual: String? = nil, isRequired: Bool = false, isDerived: Bool = false,
    isBrief: Bool = false, replacing replaced: [String] = []
  ) where Owner: Configurable {
    entries = [
      SettingEntry(
        name: name, help: help, placeholder: placeholder, form: Value.settingForm,
        usual: usual ?? Owner.usual[keyPath: path].settingValue?.short, isDerived: isDerived, replaced: replaced)
    ]
    self.path = { path }
    write = { (owner, values) throws(VAEError) in
      guard let given = values[name] else {
        if isRequired { throw VAEError(.configuration, "The setting \"\(name)\" is missing.") }
        return
      }
      if case .number(let number) = given, !number.isFinite {
        throw VAEError(.configuration, "The setting \"\(name)\" must be a finite number; it is \(number).")
      }
      guard let value = Value(settingValue: given) else { throw .impossible(name, given, Value.settingForm) }
      owner[keyPath: path] = value
    }
    read = { owner in
      let value = owner[keyPath: path]
      if isBrief && value == Owner.usual[keyPath: path] { return [:] }
      return value.settingValue.map { [name: $0] } ?? [:]
    }
    check = { (owner) throws(VAEError) in try demand?.check(owner[keyPath: path].settingValue, name) }
  }

  /// Names that belong together.
  init(
    _ entries: [SettingEntry], path: @escaping @Sendable () -> AnyKeyPath? = { nil },
    write: @escaping @Sendable (inout Owner, [String: SettingValue]) throws(VAEError) -> Void,
    read: @escaping @Sendable (Owner) -> [String: SettingValue],
    check: @escaping @Sendable (Owner) throws(VAEError) -> Void = { _ throws(VAEError) in }
  ) {
    (self.entries, self.path, self.write, self.read, self.check) = (entries, path, write, read, check)
  }

  /// The setting of a part of something else, as one of that.
  public func lifted<Whole>(to part: WritableKeyPath<Whole, Owner> & Sendable) -> Setting<Whole> {
    Setting<Whole>(
      entries, path: { path().flatMap { (part as AnyKeyPath).appending(path: $0) } },
      write: { (whole, values) throws(VAEError) in try write(&whole[keyPath: part], values) },
      read: { read($0[keyPath: part]) }, check: { (whole) throws(VAEError) in try check(whole[keyPath: part]) })
  }
}

/// What is to be said of a setting's name.
public struct SettingEntry: Hashable, Sendable {
  /// In files.
  public let name: String
  /// What it is, for a person.
  public let help: String
  /// What stands for the value where one writes it, as "file".
  public let placeholder: String?
  /// How the value is written.
  public let form: SettingForm
  /// What holds where nothing is set; nil where that is nothing worth a word.
  public let usual: String?
  /// Whether it usually follows from something else, as the size of the data from the data.
  public let isDerived: Bool
  /// The names of other settings, which are dropped where this one is set anew.
  public let replaced: [String]

  /// - Parameters:
  ///   - name: in files.
  ///   - help: what it is, for a person.
  ///   - placeholder: what stands for the value where one writes it.
  ///   - form: how the value is written.
  ///   - usual: what holds where nothing is set.
  ///   - isDerived: whether it usually follows from something else.
  ///   - replaced: the names of other settings, which are dropped where this one is set anew.
  public init(
    name: String, help: String, placeholder: String? = nil, form: SettingForm, usual: String? = nil,
    isDerived: Bool = false, replaced: [String] = []
  ) {
    (self.name, self.help, self.placeholder, self.form) = (name, help, placeholder, form)
    (self.usual, self.isDerived, self.replaced) = (usual, isDerived, replaced)
  }
}

/// Which numbers make sense as a setting.
public struct SettingDemand: Sendable {
  private let text: String
  private let isMet: @Sendable (Double) -> Bool

  private init(_ text: String, _ isMet: @escaping @Sendable (Double) -> Bool) {
    (self.text, self.isMet) = (text, isMet)
  }

  /// At least so much, and finite.
  public static func from(_ least: Int) -> SettingDemand {
    SettingDemand("at least \(least)") { $0 >= Double(least) && $0.isFinite }
  }

  /// From one number to another.
  public static func between(_ least: Double, _ most: Double) -> SettingDemand {
    func text(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
    return SettingDemand("from \(text(least)) to \(text(most))") { $0 >= least && $0 <= most }
  }

  /// At least 0 and below 1.
  public static let belowOne = SettingDemand("at least 0 and below 1") { $0 >= 0 && $0 < 1 }
  /// Finite and not negative.
  public static let notNegative = SettingDemand("finite and not negative") { $0 >= 0 && $0.isFinite }
  /// Finite and positive.
  public static let positive = SettingDemand("finite and positive") { $0 > 0 && $0.isFinite }

  /// Throws where a value that is there does not meet it.
  func check(_ value: SettingValue?, _ name: String) throws(VAEError) {
    guard let value, let number = Double(settingValue: value) else { return }
    if !isMet(number) {
      throw VAEError(.configuration, "The setting \"\(name)\" must be \(text); it is \(value.text).")
    }
  }
}

extension VAEError {
  /// A value that is none of a setting's.
  static func impossible(_ name: String, _ value: SettingValue, _ form: SettingForm) -> VAEError {
    let given =
      switch value {
      case .text(let text): "\"\(text)\""
      case .list(let numbers): "\(numbers)"
      case .object: "{\(value.text)}"
      case .integer, .unsigned, .number, .flag: value.text
      }
    return VAEError(.configuration, "The setting \"\(name)\" cannot be \(given): \(form.advice).")
  }
}
