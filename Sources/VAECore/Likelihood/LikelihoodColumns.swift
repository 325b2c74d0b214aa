extension Likelihood.Columns {
  /// A likelihood with what it is set to, and how many columns it has: "gaussian:5", "gaussian(learned,sigmoid):5",
  /// "laplace(0.5):2", "categorical:3" for one group of three, "categorical(3,4):7" for two groups.
  public var text: String {
    let settings = likelihood.settings
    var arguments: [String] = []
    if let spread = settings.variance ?? settings.scale, spread != .fixed(1) { arguments.append(spread.text) }
    if let output = settings.outputActivation, output != .identity { arguments.append(output.rawValue) }
    if let groups = settings.groups, groups != [count] { arguments += groups.map(String.init) }
    return likelihood.name + (arguments.isEmpty ? "" : "(\(arguments.joined(separator: ",")))") + ":\(count)"
  }

  /// From a list of such texts, separated by commas.
  static func list(_ text: String) throws(VAEError) -> [Likelihood.Columns] {
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
    if depth != 0 { throw VAEError(.configuration, "The brackets of the columns \"\(text)\" are not closed.") }
    return columns
  }

  private init(text: String) throws(VAEError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int(parts[1]) else {
      throw VAEError(
        .configuration, "The columns \"\(text)\" are not a likelihood with a number of columns, as gaussian:5.")
    }
    let name = String(parts[0].prefix { $0 != "(" })
    var arguments: [String] = []
    if name.count < parts[0].count {
      let inner = parts[0].dropFirst(name.count + 1)
      arguments = inner.dropLast().split(separator: ",", omittingEmptySubsequences: false).map {
        String($0).trimming(" ")
      }
      guard inner.last == ")", !arguments.contains("") else {
        throw VAEError(.configuration, "The columns \"\(text)\" are not written as gaussian(learned):5.")
      }
    }
    func unknown(_ argument: String) -> VAEError {
      VAEError(.configuration, "The columns \"\(text)\" say \"\(argument)\", which is no setting of \(name).")
    }
    var settings = LikelihoodSettings()
    for argument in arguments {
      if name == Likelihood.Kind.categorical.rawValue {
        guard let size = Int(argument) else { throw unknown(argument) }
        settings.groups = (settings.groups ?? []) + [size]
      } else if let activation = Activation(rawValue: argument), settings.outputActivation == nil {
        settings.outputActivation = activation
      } else if let spread = Likelihood.Spread(text: argument), settings.variance ?? settings.scale == nil {
        if name == Likelihood.Kind.laplace.rawValue { settings.scale = spread } else { settings.variance = spread }
      } else {
        throw unknown(argument)
      }
    }
    if name == Likelihood.Kind.categorical.rawValue && settings.groups == nil { settings.groups = [count] }
    self.init(
      count,
      try Likelihood(
        name: name, variance: settings.variance, scale: settings.scale, groups: settings.groups,
        outputActivation: settings.outputActivation))
  }
}

extension String {
  fileprivate func trimming(_ character: Character) -> String {
    String(drop { $0 == character }.reversed().drop { $0 == character }.reversed())
  }
}
