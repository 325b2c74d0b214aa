extension Likelihood {
  /// Adjacent columns of a table, and their likelihood.
  public struct Columns: Hashable, Sendable {
    /// How many columns.
    public let count: Int
    /// Their likelihood, no mix itself.
    public let likelihood: Likelihood

    /// A number of columns and their likelihood.
    public init(_ count: Int, _ likelihood: Likelihood) {
      self.count = count
      self.likelihood = likelihood
    }
  }
}

extension Likelihood.Columns {
  /// A likelihood with what it is set to, and how many columns it has: "gaussian:5", "gaussian(learned,sigmoid):5",
  /// "laplace(0.5):2", "categorical:3" for one group of three, "categorical(3,4):7" for two groups. Settings that bear the
  /// likelihood's name are written with the rest of their own: "category(sizes=3;4):2", "mixture(components=4,points=0):1".
  public var text: String {
    /// What is not as usual, in the order of its table.
    func arguments<Model: LikelihoodModel>(_ model: Model) -> [String] {
      let (values, usual) = (model.settingValues, Model.usual.spanning(count).settingValues)
      return Model.settingNames.compactMap { name in
        guard let value = values[name], value != usual[name] else { return nil }
        guard name.hasPrefix(Model.name + "_") else { return value.text }
        return name.dropFirst(Model.name.count + 1) + "=" + value.exactText.replacing(",", with: ";")
      }
    }
    let arguments = arguments(likelihood.model)
    return likelihood.name + (arguments.isEmpty ? "" : "(\(arguments.joined(separator: ",")))") + ":\(count)"
  }

  /// From a list of such texts, separated by commas.
  package static func list(_ text: String) throws(VAEError) -> [Likelihood.Columns] {
    var columns: [Likelihood.Columns] = []
    var (item, depth) = ("", 0)
    for character in text + "," {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if character == "," && depth <= 0 {
        columns.append(try Likelihood.Columns(text: item.trimming(" ")))
        item = ""
      } else {
        item.append(character)
      }
    }
    if depth != 0 {
      throw VAEError(.configuration, "The brackets of the columns \"\(text.shortened)\" are not closed.")
    }
    return columns
  }

  private init(text: String) throws(VAEError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int(parts[1]) else {
      throw VAEError(
        .configuration,
        "The columns \"\(text.shortened)\" are not a likelihood with a number of columns, as gaussian:5.")
    }
    let name = String(parts[0].prefix { $0 != "(" })
    var arguments: [String] = []
    if name.count < parts[0].count {
      let inner = parts[0].dropFirst(name.count + 1)
      arguments = inner.dropLast().split(separator: ",", omittingEmptySubsequences: false).map {
        String($0).trimming(" ")
      }
      guard inner.last == ")", !arguments.contains("") else {
        throw VAEError(.configuration, "The columns \"\(text.shortened)\" are not written as gaussian(learned):5.")
      }
    }
    /// The likelihood with each argument as the first setting that can be that.
    func make<Model: LikelihoodModel>(_ usual: Model) throws(VAEError) -> Likelihood {
      var values: [String: SettingValue] = [:]
      for argument in arguments {
        if let (name, value) = Model.named(argument), values[name] == nil {
          values[name] = value
          continue
        }
        // (A text could be anything: it has a name.)
        let place = Model.settingEntries.lazy.filter { $0.form != .text }.compactMap {
          entry -> (name: String, value: SettingValue)? in
          switch (values[entry.name], entry.form.value(of: argument)) {
          // No numbers, "none", say nothing.
          case (_, .list([])?): nil
          case (nil, let value?): (entry.name, value)
          case (.list(let before)?, .list(let more)?): (entry.name, .list(before + more))
          case (_?, _), (nil, nil): nil
          }
        }.first
        guard let place else {
          throw VAEError(
            .configuration,
            "The columns \"\(text.shortened)\" say \"\(argument.shortened)\", which is no setting of \(name).")
        }
        values[place.name] = place.value
      }
      return Likelihood(try Model(settings: values).spanning(count))
    }
    self.init(count, try make(Likelihood(name: name).model))
  }
}

extension LikelihoodModel {
  /// The setting and its value of an argument as "points=0;99999", whose name may lack the likelihood's own, "mixture_".
  fileprivate static func named(_ argument: String) -> (name: String, value: SettingValue)? {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let names = ["\(name)_\(parts[0])", String(parts[0])]
    guard let entry = settingEntries.first(where: { names.contains($0.name) }) else { return nil }
    let text = String(parts[1])
    return entry.form.value(of: entry.form == .list ? text.replacing(";", with: ",") : text).map { (entry.name, $0) }
  }
}

extension Likelihood {
  /// Throws where the sizes of groups of columns do not make up all of the data's.
  static func checkSizes(_ sizes: [Int], addUpTo dataSize: Int, least: Int, _ name: String) throws(VAEError) {
    for size in sizes where size < least || size > dataSize {
      throw VAEError(
        .configuration, "\(name) has \(size) of the data's \(dataSize) values; possible are \(least) to all of them.")
    }
    // A file may name sizes whose sum no number holds.
    let sum = sizes.reduce(0) { sum, size in
      let (next, isTooLarge) = sum.addingReportingOverflow(size)
      return isTooLarge ? .max : next
    }
    guard sum == dataSize else {
      throw VAEError(
        .configuration,
        "The sizes \(sizes.map(String.init).joined(separator: ", ")) add up to \(sum); the data have \(dataSize) values."
      )
    }
  }
}

extension String {
  /// Its beginning, where it is long: what is wrong with a table's columns is not said with all of them.
  fileprivate var shortened: String { count > 80 ? "\(prefix(80))…" : self }

  fileprivate func trimming(_ character: Character) -> String {
    String(drop { $0 == character }.reversed().drop { $0 == character }.reversed())
  }
}

/// The activation of the outputs, a setting of those that have one to choose.
let outputActivationSetting = "output_activation"

/// The activation of the outputs as a setting.
func outputActivation<Model: LikelihoodModel>(
  _ path: WritableKeyPath<Model, Activation> & Sendable
) -> Setting<Model> {
  Setting(
    outputActivationSetting, path,
    "Activation of the gaussian's mean, the laplace's location or the squared-error's output.")
}
