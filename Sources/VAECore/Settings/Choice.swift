/// One of several things that a setting chooses by its name, with settings of its own: a likelihood, an objective, an
/// optimizer, a schedule.
public protocol Choice: Configurable, Hashable {
  /// The name in settings, words joined by hyphens.
  static var name: String { get }

  /// By a setting's name: what to answer where it is given one that only others of its kind have.
  static var refusals: [String: String] { get }
}

extension Choice {
  /// Nothing in particular.
  public static var refusals: [String: String] { [:] }

  /// Whether another choice is the same, with the same settings.
  func equals(_ other: any Choice) -> Bool { other as? Self == self }
}

/// The things that a setting chooses among: those of the library, and those that a program has registered.
public struct Choices: Sendable {
  /// What is chosen, "likelihood".
  let what: String
  private let registered: Locked<[any Choice.Type]>

  package init(_ what: String, _ types: [any Choice.Type]) { (self.what, registered) = (what, Locked(types)) }

  /// All of them.
  var types: [any Choice.Type] { registered.withLock { $0 } }

  /// Their names.
  package var names: [String] { types.map { $0.name } }

  /// Adds a type, so that settings can name it.
  ///
  /// - Throws: where another has its name.
  package func register(_ type: any Choice.Type) throws(VAEError) {
    let isFree = registered.withLock { types in
      if let other = types.first(where: { $0.name == type.name }) { return other == type }
      types.append(type)
      return true
    }
    if !isFree { throw VAEError(.configuration, "There is a \(what) \"\(type.name)\" already: give it another name.") }
  }

  /// What a name and settings choose.
  ///
  /// - Throws: where there is none of that name, or a setting belongs to another of them.
  package func make(_ name: String, _ values: [String: SettingValue]) throws(VAEError) -> any Choice {
    let all = types
    guard let type = all.first(where: { $0.name == name }) else {
      throw VAEError(
        .configuration, "There is no \(what) \"\(name)\": choose \(all.map { $0.name }.joined(separator: ", ")).")
    }
    let own = Set(type.settingNames)
    for setting in values.keys.sorted() where !own.contains(setting) {
      let owners = all.filter { $0.settingNames.contains(setting) }.map { $0.name }
      let others = owners.isEmpty ? "" : "; \(owners.joined(separator: ", ")) \(owners.count == 1 ? "has" : "have")"
      throw VAEError(
        .configuration, "The \(what) \(name) has no \(setting)\(type.refusals[setting].map { ": \($0)" } ?? others).")
    }
    return try type.init(settings: values)
  }

  /// What is to be said of the settings of all, each name once.
  package var entries: [SettingEntry] {
    var names: Set<String> = []
    return types.flatMap { $0.settingEntries }.filter { names.insert($0.name).inserted }
  }
}

/// A thing that was chosen among ``Choices``.
public protocol Chosen: Hashable, Sendable {
  /// What there is to choose among.
  static var choices: Choices { get }
  /// What was chosen.
  var choice: any Choice { get }
  /// One of the ``choices``; nil of anything else.
  init?(choice: any Choice)
}

extension Chosen {
  /// The name in settings.
  public var name: String { type(of: choice).name }

  /// The names of all that there are to choose from.
  public static var names: [String] { choices.names }

  /// The choice of a name, with what some settings say and the usual for the rest.
  ///
  /// - Throws: where there is none of that name, a setting belongs to another, or a value is none of its setting's.
  public init(name: String, settings values: [String: SettingValue] = [:]) throws(VAEError) {
    guard let chosen = Self(choice: try Self.choices.make(name, values)) else {
      preconditionFailure("\(name) is registered as a \(Self.choices.what), and is none")
    }
    self = chosen
  }

  /// Its settings, by name.
  public var settingValues: [String: SettingValue] { choice.settingValues }

  /// Throws where one of its settings makes no sense by itself.
  func checkSettings() throws(VAEError) { try choice.checkSettings() }

  /// Whether both are the same, with the same settings.
  public static func == (a: Self, b: Self) -> Bool { a.choice.equals(b.choice) }

  /// Hashes what is chosen, with its settings.
  public func hash(into hasher: inout Hasher) { choice.hash(into: &hasher) }
}

extension Setting where Owner: Configurable {
  /// A choice, by its name, and all settings of what can be chosen. Where a choice is made anew, the settings of the one
  /// before go with it, unless they are kept: then those that do not belong to the new one are an error.
  init<Value: Chosen>(
    choice name: String, _ path: WritableKeyPath<Owner, Value> & Sendable, _ help: String, isBrief: Bool = false,
    keepsSettings: Bool = false
  ) {
    let entries = Value.choices.entries
    let usual = Owner.usual[keyPath: path].name
    let replaced = keepsSettings ? [] : entries.map(\.name)
    self.init(
      [SettingEntry(name: name, help: help, form: .word(Value.names), usual: usual, replaced: replaced)] + entries,
      path: { path },
      write: { (owner, values) throws(VAEError) in
        let own = values.filter { value in entries.contains { $0.name == value.key } }
        guard !own.isEmpty || values[name] != nil else { return }
        let chosen = values[name] ?? .text(owner[keyPath: path].name)
        guard case .text(let word) = chosen else { throw .impossible(name, chosen, .text) }
        owner[keyPath: path] = try Value(name: word, settings: own)
      },
      read: { owner in
        let value = owner[keyPath: path]
        let isWritten = !isBrief || value.name != usual
        return value.settingValues.merging(isWritten ? [name: .text(value.name)] : [:]) { $1 }
      },
      check: { (owner) throws(VAEError) in try owner[keyPath: path].checkSettings() })
  }
}
