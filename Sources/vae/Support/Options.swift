import ArgumentParser
import CommandSupport
import Foundation
import VAECore
import VAEFiles

let dataHelp: ArgumentHelp = .init(stringLiteral: DataRequest.locationHelp)
let conditionHelp: ArgumentHelp = .init(stringLiteral: DataRequest.conditionHelp)

struct ModelArgument: ParsableArguments {
  @Argument(help: "A run's folder, or the file of a model.") var model: String
}

struct ThreadsOption: ParsableArguments {
  @Option(help: "Threads to compute on; results do not depend on it. (default: all that it may use)") var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1; it is \(threads).") }
    if let threads, threads > 1024 { throw ValidationError("--threads is \(threads); at most 1024 are possible.") }
  }

  var execution: Execution { Execution(threads: threads) }
}

/// In which precision a model is asked.
struct PrecisionOption: ParsableArguments {
  @Option(
    help:
      "In which precision matrices are multiplied: full (single), or mixed (bfloat16, with sums in single). What training did is of no matter."
  ) var precision = Precision.full
}

extension Precision: ExpressibleByArgument {}

extension Execution {
  /// With a line that shows how far the work has come.
  var shown: Execution {
    Execution(threads: threads, communicator: communicator) { progress in
      let percent = progress.fraction.map { "  \((100 * $0).digits(0)) %" } ?? ""
      Terminal.status(progress.work.rawValue + percent)
    }
  }
}

struct JSONFlag: ParsableArguments {
  @Flag(help: "Print the results as JSON.") var json = false
}

/// Data to use a model on.
struct DataOptions: ParsableArguments {
  enum Split: String, CaseIterable, ExpressibleByArgument { case train, test }

  @Option(help: dataHelp) var data: String
  @Option(help: "The condition of the data: \(conditionHelp.abstract) (default: labels, of a model trained with them)")
  var condition: String?
  @OptionGroup(title: "Tables") var table: SettingOptions<TableSettings>
  @OptionGroup var white: SettingOptions<WhiteLevelSetting>
  @Option(help: "Which part of the data. (default: test where there is one)") var split: Split?
  @Option(help: ArgumentHelp("Take only so many data, the first.", valueName: "count")) var limit: Int?
  @Option(help: ArgumentHelp("Draw the data of --limit by this seed instead.", valueName: "seed")) var limitSeed:
    UInt64?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1; it is \(limit).") }
    if limitSeed != nil && limit == nil { throw ValidationError("--limit-seed draws the data of --limit.") }
  }

  /// Whether all data of where they lie are asked for.
  var isWhole: Bool { split == nil && limit == nil }

  /// Where the data lie.
  var files: [InputFiles] { InputFiles.data(data, condition: condition) }

  /// The data, fit for the model that was found at a path.
  func open(for model: VariationalAutoencoder<Float>, at path: String) throws -> any DataSource {
    try openWithTraining(for: model, at: path).chosen
  }

  /// The data, fit for the model, and the training part of where they come from, or the same where it has no parts.
  func openWithTraining(
    for model: VariationalAutoencoder<Float>, at path: String
  ) throws -> (chosen: any DataSource, training: any DataSource) {
    var request = try DataRequest(data, for: model, at: path, condition: condition, table: table)
    request.whiteLevel = try white.level()
    let sets = try DataLocation.open(request)
    var chosen = try sets.part(split, of: data)
    if let limit {
      guard limit <= chosen.count else {
        throw VAEError(.data, "--limit asks for \(limit) data; \(chosen.name) has \(chosen.count).")
      }
      chosen = try limitSeed.map { try chosen.subset(count: limit, seed: $0) } ?? chosen.prefix(limit)
    }
    chosen = try model.matching(chosen)
    let name = split?.rawValue ?? (sets.test == nil ? "train" : "test")
    for line in DataText.lines("data", chosen, sets.descriptions[name]) { Terminal.note(line) }
    return (chosen, sets.test == nil ? chosen : try model.matching(sets.train))
  }
}

extension DataRequest {
  /// Data for the model that was found at a path, read as its run's were, but for what is given.
  init(
    _ location: String, for model: VariationalAutoencoder<Float>, at path: String, condition: String? = nil,
    table: SettingOptions<TableSettings>? = nil
  ) throws {
    self.init(location, condition: try model.condition(given: condition, at: path))
    let trained = try Settings.table(ofModelAt: path)
    self.table = try table?.applied(to: trained) ?? trained
    // Columns are the model's, by name, unless others are chosen now.
    if table?.values["columns_used"] == nil { self.table.matching = model.schema?.wholeColumnNames }
    self.table.read(as: model)
    // What becomes of missing values is asked of arrays, too.
    var given = try table?.applied() ?? TableOptions()
    given.missing = TableOptions().missing
    self.table.isOptional = given == TableOptions()
    substitutes = model.knownMeansOfWholeTable
  }
}

extension DataSplit {
  /// The part that is asked for; by default the test part where there is one.
  func part(_ split: DataOptions.Split?, of location: String) throws(VAEError) -> any DataSource {
    switch split {
    case .train: return train
    case .test:
      guard let test else {
        throw VAEError(
          .data,
          "\(location) has no test part: leave --split out, or give a folder whose files' names say train and test.")
      }
      return test
    case nil: return test ?? train
    }
  }
}

extension VariationalAutoencoder {
  /// What names the condition of data for the model at a path: the columns of its table, where these are its condition, else as its
  /// configuration says.
  func condition(given: String?, at path: String) throws -> String? {
    guard let columns = schema?.conditions?.columns else { return try configuration.condition(given: given, at: path) }
    let names = columns.names.joined(separator: ",")
    guard given == nil || given == names else {
      throw VAEError(
        .configuration,
        "The model's condition are the columns \(names) of its table: leave --condition out. (\(path))")
    }
    return names
  }
}

extension ModelConfiguration {
  /// What names the condition of data for the model at a path: what is given, else labels, where it was trained with them
  /// as far as its run's settings tell; nil for a model without a condition.
  func condition(given: String?, at path: String) throws -> String? {
    if conditionSize == 0 {
      if given == nil { return nil }
      throw VAEError(.configuration, "The model takes no condition: leave --condition out. (\(path))")
    }
    if let given { return given }
    if let file = RunFolder.configuration(ofModelAt: path),
      let trained = try Settings(contentsOf: file).condition, trained != ConditionLocation.labels
    {
      throw VAEError(
        .configuration, "The model was trained with the condition \(trained), not labels: give --condition. (\(path))")
    }
    return ConditionLocation.labels
  }
}

/// Widths of layers, separated by commas; "none" for no layer.
struct LayerSizes: ExpressibleByArgument {
  let sizes: [Int]

  init?(argument: String) {
    let parts = argument == "none" ? [] : argument.split(separator: ",", omittingEmptySubsequences: false)
    let sizes = parts.compactMap { Int($0) }
    guard sizes.count == parts.count else { return nil }
    self.sizes = sizes
  }
}

/// A number of bytes, as 512, 256MB, 4GB or 1GiB.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  static var halfOfMachine: Int { Machine.memory / 2 }

  private static let units = [
    ("", 1), ("b", 1), ("kb", 1_000), ("mb", 1_000_000), ("gb", 1_000_000_000), ("tb", 1_000_000_000_000),
    ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("tib", 1 << 40),
  ]

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let unit = argument.dropFirst(digits.count).lowercased()
    guard let count = Int(digits), let factor = ByteCount.units.first(where: { $0.0 == unit })?.1 else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: factor)
    guard !overflow, bytes > 0 else { return nil }
    self.bytes = bytes
  }
}

extension Activation: ExpressibleByArgument {}
extension Binarization: ExpressibleByArgument {}

extension VariationalAutoencoder {
  /// The shape of the model's data as images; throws where they are not images.
  func requireImages() throws -> ImageShape {
    guard let shape = configuration.imageShape else {
      throw VAEError(.data, "The model's data are not images: use vae encode and vae decode, which give numbers.")
    }
    return shape
  }
}
