import ArgumentParser
import Foundation
import VAECore
import VAEExplanation
import VAEFiles

/// Which network to look into: the question's small one, a configuration's with fresh weights, or a trained model.
struct NetworkOptions: ParsableArguments {
  enum Error: String, CaseIterable, ExpressibleByArgument {
    case difference, squared, elbo

    var likelihood: Likelihood {
      switch self {
      case .difference: .difference(output: .sigmoid)
      case .squared: .squaredError(output: .sigmoid)
      case .elbo: .bernoulli
      }
    }

    var beta: Double {
      switch self {
      case .difference, .squared: 0
      case .elbo: 1
      }
    }
  }

  @Option(help: ArgumentHelp("A trained model: a run's folder, or the file of a model.", valueName: "run"))
  var model: String?

  @Option(
    help: ArgumentHelp("A configuration, as config.json in a run's folder; its weights are fresh.", valueName: "file"))
  var config: String?

  @Option(help: "Of the model or the configuration: \(dataHelp.abstract) (default: what the run was trained on)")
  var data: String?

  @Option(help: "The condition of the data: \(conditionHelp.abstract) (default: as in training)")
  var condition: String?

  @Option(help: "Which part of the data. (default: test where there is one)") var split: DataOptions.Split?

  @Option(
    help: """
      The error of the question's network: difference (x − x̄), squared, or elbo (Bernoulli, with the KL divergence). \
      (default: difference)
      """)
  var error: Error?

  @Option(help: "Activation of the question's hidden units. (default: tanh)") var activation: Activation?

  @Option(
    help: """
      Look into reconstruction + beta·KL. (default: the objective that the model is trained for; of the question's network \
      1 for elbo, otherwise 0)
      """)
  var beta: Double?

  @Option(help: "Determines fresh weights and all noise.") var seed: UInt64 = 0

  func validate() throws {
    if model != nil && config != nil { throw ValidationError("Give --model or --config, not both.") }
    if isQuestion {
      if data != nil { throw ValidationError("--data belongs to --model or --config.") }
      if condition != nil { throw ValidationError("--condition belongs to --model or --config.") }
    } else if error != nil || activation != nil {
      throw ValidationError("--error and --activation belong to the question's network; a model has its own.")
    }
    if let beta, !(beta >= 0 && beta.isFinite) {
      throw ValidationError("--beta must be finite and not negative; it is \(beta).")
    }
  }

  /// What these are read from.
  var files: [InputFiles] {
    [.model(model), InputFiles("the configuration", config)] + InputFiles.data(data, condition: condition)
  }

  var isQuestion: Bool { model == nil && config == nil }

  /// The network that is to be looked into.
  struct Choice {
    let title: String
    let model: VariationalAutoencoder<Float>
    let objective: Objective
    let binarization: Binarization
    /// In which precision it is trained.
    let precision: Precision
    /// The data that fit it, where there are any.
    let data: Dataset?
  }

  /// The network and its data; throws where they do not go together. Data that are not needed may be missing, unless
  /// they are asked for.
  func open(needsData: Bool = true) throws -> Choice {
    if isQuestion {
      let error = error ?? .difference
      let configuration = ModelConfiguration.question(likelihood: error.likelihood, activation: activation ?? .tanh)
      return Choice(
        title: "the question's network", model: try VariationalAutoencoder(configuration, seed: seed),
        objective: .evidenceLowerBound(beta: beta ?? error.beta), binarization: .unchanged,
        precision: .full, data: nil)
    }
    var settings = try configurationFile.map(Settings.init(contentsOf:)) ?? Settings()
    if let data { settings[\DataRequest.location] = .text(data) }
    if let condition { settings.condition = condition }
    let checkpoint = try model.map(openModel)
    if let model, let checkpoint {
      // Its file may have come without its settings.
      settings.condition = try checkpoint.model.condition(
        given: condition ?? settings.condition, at: model)
    }
    var dataset = try openData(settings, checkpoint?.model, areNeeded: needsData)
    let chosen: VariationalAutoencoder<Float>
    let training: TrainingConfiguration
    if let checkpoint {
      chosen = checkpoint.model
      training = checkpoint.training ?? TrainingConfiguration()
    } else {
      if let dataset {
        try settings.set(from: dataset)
      }
      guard settings[\ModelConfiguration.dataSize] != nil else {
        throw VAEError(.configuration, "\(config!) names neither data nor data_size: give --data.")
      }
      chosen = try VariationalAutoencoder(settings.decode(ModelConfiguration.self), seed: seed)
      training = try settings.decode(TrainingConfiguration.self)
    }
    dataset = try dataset.map { try chosen.matching($0).inMemory() }
    let objective = beta.map { .evidenceLowerBound(beta: $0) } ?? training.objective
    try objective.validate()
    return Choice(
      title: model ?? config!, model: chosen, objective: objective,
      binarization: training.binarization, precision: training.precision, data: dataset)
  }

  /// The data that the options or the configuration name. Those that only the configuration names may be missing where
  /// they are not needed: a model is looked into on another machine than it was trained on.
  private func openData(
    _ settings: Settings, _ model: VariationalAutoencoder<Float>?, areNeeded: Bool
  ) throws -> Dataset? {
    guard var request = try settings.dataRequest() else { return nil }
    request.substitutes = model?.knownMeansOfWholeTable
    request.table.matching = model?.schema?.wholeColumnNames
    if let model { request.table.read(as: model) }
    // What weighs in training is no part of the loss that is looked into.
    request.weights = nil
    request.table.isOptional = data != nil
    do {
      return try DataLocation.open(request).part(split, of: request.location).inMemory()
    } catch {
      guard data == nil, let configurationFile else { throw error }
      if !areNeeded && split == nil { return nil }
      throw VAEError(
        error.kind, "\(error.text) (\(configurationFile) names these data; --data names others.)")
    }
  }

  /// The given configuration, or the one that lies beside the model.
  private var configurationFile: String? {
    model.map(RunFolder.configuration(ofModelAt:)) ?? config
  }
}

extension NetworkOptions.Choice {
  /// The data; throws where there are none.
  func requireData() throws -> Dataset {
    guard let data else {
      throw VAEError(.data, "Nothing says which data belong to \(title): give --data.")
    }
    return data
  }
}

/// Numbers separated by commas.
struct NumberList: ExpressibleByArgument {
  let numbers: [Double]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    numbers = parts.compactMap { Double($0) }
    guard numbers.count == parts.count, numbers.allSatisfy(\.isFinite) else { return nil }
  }
}
