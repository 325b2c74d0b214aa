/// What has settings: a table of them, from which files, checks, options and documentation follow.
public protocol Configurable: Sendable {
  /// With all settings as usual; those that must be given have any value.
  static var usual: Self { get }

  /// Its settings, in the order in which they are listed.
  static var settings: [Setting<Self>] { get }
}

extension Configurable {
  /// What is to be said of each name that the settings have.
  public static var settingEntries: [SettingEntry] { settings.flatMap(\.entries) }

  /// The names of all settings, in files.
  public static var settingNames: [String] { settingEntries.map(\.name) }

  /// With what some settings say, and the usual for the rest. Names that are not its own are ignored.
  ///
  /// - Throws: where a value is none of its setting's, two contradict each other, or one that must be there is not. Whether
  ///   numbers make sense is another question, ``checkSettings()``.
  public init(settings values: [String: SettingValue]) throws(VAEError) {
    self = Self.usual
    try apply(values)
  }

  /// Takes over what some settings say; see ``init(settings:)``.
  public mutating func apply(_ values: [String: SettingValue]) throws(VAEError) {
    for setting in Self.settings { try setting.write(&self, values) }
  }

  /// All that makes it again, by names.
  public var settingValues: [String: SettingValue] {
    Self.settings.reduce(into: [:]) { values, setting in values.merge(setting.read(self)) { $1 } }
  }

  /// Throws where a setting makes no sense by itself.
  public func checkSettings() throws(VAEError) { for setting in Self.settings { try setting.check(self) } }

  /// The names of the setting for a property, which must have one.
  package static func names(of path: PartialKeyPath<Self>) -> [String] {
    guard let setting = settings.first(where: { $0.path() == path }) else {
      preconditionFailure("\(path) is no setting")
    }
    return setting.entries.map(\.name)
  }

  /// From a flat object of JSON, for `init(from:)`.
  ///
  /// - Throws: where a name in it is none that it has, besides what ``init(settings:)`` throws.
  init(decoding decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: SettingKey.self)
    let names = Set(Self.settingNames)
    var values: [String: SettingValue] = [:]
    for key in container.allKeys where names.contains(key.stringValue) {
      values[key.stringValue] = try container.decode(SettingValue.self, forKey: key)
    }
    // First: that nobody has registered a choice says more than that its settings are unknown.
    try self.init(settings: values)
    if let unknown = container.allKeys.map(\.stringValue).sorted().first(where: { !names.contains($0) }) {
      throw VAEError.unknown(unknown, among: Self.settingNames)
    }
  }

  /// As a flat object of JSON, for `encode(to:)`.
  package func encodeSettings(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: SettingKey.self)
    for (name, value) in settingValues { try container.encode(value, forKey: SettingKey(name)) }
  }
}

extension VAEError {
  /// A name that no setting has.
  package static func unknown(_ name: String, among names: some Sequence<String>) -> VAEError {
    let nearest = Set(names).map { (name: $0, distance: $0.editDistance(to: name)) }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
      .prefix(3).map(\.name)
    return VAEError(
      .configuration,
      "there is no setting \"\(name)\"; those that are called most like it are \(nearest.joined(separator: ", ")).")
  }
}

/// A setting's name in a JSON object.
package struct SettingKey: CodingKey {
  package let stringValue: String
  package var intValue: Int? { nil }

  package init(_ name: String) { stringValue = name }
  package init?(stringValue: String) { self.init(stringValue) }
  package init?(intValue: Int) { nil }
}

extension String {
  /// How many characters are to be put in, taken out or replaced to make one of the other.
  fileprivate func editDistance(to other: String) -> Int {
    let other = Array(other)
    var distances = Array(0...other.count)
    for (row, character) in enumerated() {
      var diagonal = distances[0]
      distances[0] = row + 1
      for column in other.indices {
        let replaced = diagonal + (character == other[column] ? 0 : 1)
        diagonal = distances[column + 1]
        distances[column + 1] = Swift.min(replaced, diagonal + 1, distances[column] + 1)
      }
    }
    return distances[other.count]
  }
}
