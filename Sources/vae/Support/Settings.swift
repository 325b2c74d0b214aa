import Foundation
import VAECore

/// The settings of a run as one flat JSON object: from a configuration file, then from the command line, then from the
/// data. The library's own decoding turns them into configurations, and says what is wrong with them.
struct Settings {
  /// A JSON value, as far as settings have them.
  enum Value: Codable, Equatable {
    case integer(Int)
    case unsigned(UInt64)
    case number(Double)
    case flag(Bool)
    case text(String)
    case list([Int])
    case object([String: Int])

    init(from decoder: any Decoder) throws {
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
          .configuration, "The setting \"\(name)\" must be a number, true or false, a text or a list of whole numbers.")
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .integer(let value): try container.encode(value)
      case .unsigned(let value): try container.encode(value)
      case .flag(let flag): try container.encode(flag)
      case .number(let value): try container.encode(value)
      case .text(let value): try container.encode(value)
      case .list(let value): try container.encode(value)
      case .object(let value): try container.encode(value)
      }
    }
  }

  private var values: [String: Value] = [:]

  init() {}

  /// The settings of a JSON file; throws where one has an unknown name.
  init(contentsOf path: String) throws {
    let bytes = try readFile(path)
    do {
      values = try StrictJSON.decode([String: Value].self, from: bytes, path)
    } catch {
      throw VAEError(
        .configuration,
        "\(error.description) A configuration is one JSON object of settings, as config.json in a run's folder.")
    }
    let known = Set(Key.all.map(\.name))
    if let unknown = values.keys.sorted().first(where: { !known.contains($0) }) {
      throw VAEError(
        .configuration,
        "\(path): there is no setting \"\(unknown)\"; there are \(known.sorted().joined(separator: ", ")).")
    }
  }

  /// The settings of a preset, but for the data's size.
  init(_ preset: Preset) throws {
    for part in [try JSONEncoder().encode(preset.model), try JSONEncoder().encode(preset.training)] {
      values.merge(try JSONDecoder().decode([String: Value].self, from: part)) { $1 }
    }
    remove(.model(.dataSize))
  }

  subscript(key: Key) -> Value? {
    get { values[key.name] }
    set { values[key.name] = newValue }
  }

  /// What names the condition of the data; nil where they have none.
  var condition: String? {
    get { if case .text(let condition)? = self[.data(.condition)] { condition } else { nil } }
    set { self[.data(.condition)] = newValue.map { .text($0) } }
  }

  /// The names of all that are set, in order.
  var names: [String] { values.keys.sorted() }

  /// A setting as it stands in a file.
  func text(of name: String) throws -> String { try values[name].map(text) ?? "left out" }

  /// Whether a setting is a text, as what names a file is.
  func namesFile(_ name: String) -> Bool { if case .text = values[name] { true } else { false } }

  /// Sets all that others have.
  mutating func override(with others: Settings) { values.merge(others.values) { $1 } }

  /// Sets what others have by one name.
  mutating func override(with others: Settings, name: String) {
    if let value = others.values[name] { values[name] = value }
  }

  /// Sets what is given; nil leaves a setting as it is.
  mutating func override(_ key: Key, with value: Value?) {
    if let value { self[key] = value }
  }

  mutating func remove(_ keys: Key...) {
    for key in keys { self[key] = nil }
  }

  /// Takes what the data determine; throws where a setting contradicts it.
  mutating func set(from data: some DataSource) throws {
    func set(_ key: ModelConfiguration.CodingKeys, _ size: Int, _ what: String) throws {
      if let given = self[.model(key)], given != .integer(size) {
        throw VAEError(
          .configuration,
          "\(data.name) has \(size) \(what), and the settings say \(key.rawValue) \(try text(given)).")
      }
      self[.model(key)] = .integer(size)
    }
    try set(.dataSize, data.dataSize, "values for each datum")
    self[.model(.imageShape)] = data.imageShape.map { .object(["height": $0.height, "width": $0.width]) }
    if condition != nil, let condition = data.condition {
      // There may be more classes than these data's labels show.
      if condition.labels == nil || self[.model(.conditionSize)] == nil {
        try set(.conditionSize, condition.size, "values in its condition")
      }
    }
  }

  /// Sets the epochs for data that come once; throws where more are asked for.
  mutating func limitToOneEpoch() throws {
    let given = self[.training(.epochs)] ?? .integer(1)
    guard case .integer(0...1) = given else {
      throw VAEError(
        .configuration,
        "The data come once (standard input, or a pipe) and are more than there is memory for (--memory), so \(try text(given)) epochs cannot "
          + "be: give --epochs 1, or put the data into a file (vae data convert).")
    }
    self[.training(.epochs)] = given
  }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      if case .number(let number) = value, !number.isFinite {
        throw VAEError(.configuration, "The setting \"\(name)\" must be a finite number; it is \(number).")
      }
    }
    do {
      return try JSONDecoder().decode(type, from: JSONEncoder().encode(values))
    } catch let error as DecodingError {
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
        // Foundation does not say where a number stands that does not fit.
        let name = context.codingPath.first?.stringValue ?? misfit(for: type) ?? "?"
        let given = try values[name].map(text) ?? "what is there"
        throw VAEError(.configuration, "The setting \"\(name)\" cannot be \(given).")
      default: throw error
      }
    }
  }

  /// The setting without which the others can be decoded.
  private func misfit<T: Decodable>(for type: T.Type) -> String? {
    values.keys.sorted().first { name in
      (try? JSONDecoder().decode(type, from: JSONEncoder().encode(values.filter { $0.key != name }))) != nil
    }
  }

  private func text(_ value: Value) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
  }
}

private func readFile(_ path: String) throws(VAEError) -> [UInt8] {
  let reader = try FileReader(path: path)
  // Of a pipe nobody knows the length.
  let most = 1 << 20
  let bytes = try reader.read(most + 1)
  guard bytes.count <= most else {
    throw VAEError(.configuration, "\(path) has more than \(most) bytes; a configuration has a few hundred.")
  }
  return bytes
}
