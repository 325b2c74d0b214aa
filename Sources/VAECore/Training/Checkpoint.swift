import Foundation

/// A model in a file, with how it was trained, and where there is a ``state``, with all that training needs to go on.
///
/// The file is in the safetensors format, so other programs can read it without running code. Its tensors are those of
/// ``Parameters``, and, of a state, what the optimizer remembers of each: `optimizer.first.encoder.0.weight` and so on,
/// `first` being what ``Optimizer`` calls v, s or m, and `second` Adam's v. Its metadata hold the configuration as JSON.
public struct Checkpoint<Element: Scalar>: Sendable {
  /// The model.
  public var model: VariationalAutoencoder<Element>
  /// How it was trained, if it was.
  public var training: TrainingConfiguration?
  /// The epochs that it was trained for.
  public var epoch: Int
  /// The optimizer steps that were taken.
  public var step: Int
  /// What training goes on with, if the checkpoint is to lead on.
  public private(set) var state: TrainingState<Element>?
  /// By what to know the data again that it was trained on, by their parts' names, such as "train".
  public var data: [String: DataFingerprint] = [:]

  /// A checkpoint of a model.
  public init(
    model: VariationalAutoencoder<Element>, training: TrainingConfiguration? = nil, epoch: Int = 0, step: Int = 0
  ) {
    self.model = model
    self.training = training
    self.epoch = epoch
    self.step = step
  }

  /// A checkpoint of a model and of its training.
  init(model: VariationalAutoencoder<Element>, training: TrainingConfiguration, state: TrainingState<Element>) {
    self.init(model: model, training: training, epoch: state.epoch, step: state.step)
    self.state = state
  }

  /// The same without what training goes on with.
  public var withoutState: Checkpoint {
    var checkpoint = self
    checkpoint.state = nil
    return checkpoint
  }

  /// Reads a checkpoint, in whichever precision it was written.
  ///
  /// - Throws: where the file is damaged, not a checkpoint of this library, or its tensors contradict its
  ///   configuration.
  public init(contentsOf path: String) throws(VAEError) {
    var reader = try FileReader(path: path)
    let header = try SafetensorsHeader(&reader)
    func metadata<T: Decodable>(_ key: MetadataKey, as type: T.Type) throws(VAEError) -> T? {
      guard let text = header.metadata[key.rawValue] else { return nil }
      return try StrictJSON.decode(type, from: Array(text.utf8), "The \(key.rawValue) in \(path)")
    }
    guard header.metadata[MetadataKey.format.rawValue] == formatName else {
      throw VAEError(
        .file, "\(path) is a safetensors file but holds no model of this library: its metadata say nothing of one.")
    }
    let version = header.metadata[MetadataKey.version.rawValue] ?? "none"
    guard readableVersions.contains(version) else {
      let isNewer = Int(version).map { $0 > Int(formatVersion)! } ?? false
      throw VAEError(
        isNewer ? .version : .file,
        "\(path) has the format version \(version); this program reads version "
          + "\(readableVersions.joined(separator: ", ")). Is it newer?")
    }
    guard let configuration = try metadata(.configuration, as: ModelConfiguration.self) else {
      throw VAEError(.file, "\(path) holds no model of this library: its metadata have no configuration.")
    }
    do throws(VAEError) {
      try configuration.validate()
      // A hostile configuration must not make us allocate more than the file can fill.
      let needed = Network(configuration).tensors.reduce(0) { $0 + $1.count }
      guard needed <= reader.limit / ElementType.float32.size else {
        throw VAEError(.file, "it needs \(needed) parameters, the file has \(reader.limit) bytes.")
      }
      model = try VariationalAutoencoder(zero: configuration)
    } catch {
      throw VAEError(.file, "\(path) holds a configuration that cannot be: \(error.description)")
    }
    training = try metadata(.training, as: TrainingConfiguration.self)
    do throws(VAEError) {
      try training?.validate()
    } catch {
      throw VAEError(.file, "\(path) holds training settings that cannot be: \(error.description)")
    }
    epoch = try metadata(.epoch, as: Int.self) ?? 0
    step = try metadata(.step, as: Int.self) ?? 0

    data = try metadata(.data, as: [String: DataFingerprint].self) ?? [:]
    if let values = try metadata(.state, as: TrainingState<Element>.Metadata.self) {
      guard version != "1", let training else {
        throw VAEError(.file, "\(path) holds the state of a training, but not its settings.")
      }
      do throws(VAEError) {
        state = try TrainingState(
          values, epoch: epoch, step: step, training: training, parameterCount: model.parameters.buffer.count)
      } catch {
        throw VAEError(.file, "\(path) holds a state that cannot be: \(error.description)")
      }
    }
    if let standardization = try metadata(.standardization, as: Standardization.self) {
      guard standardization.isPossible(dataSize: model.configuration.dataSize) else {
        throw VAEError(.file, "\(path) holds a standardisation that cannot be of its data.")
      }
      model.standardization = standardization
    }
    if let schema = try metadata(.schema, as: DataSchema.self) {
      let (dataSize, conditionSize) = (model.configuration.dataSize, model.configuration.conditionSize)
      if let objection = schema.objection(dataSize: dataSize, conditionSize: conditionSize) {
        throw VAEError(.file, "\(path) holds a schema that cannot be of its data: \(objection).")
      }
      model.schema = schema
    } else if Int(version)! < 3 {
      model.schema = .beforeSchemas(binarization: training?.binarization ?? .unchanged)
    }
    if let substitutes = try metadata(.substitutes, as: [Double].self) {
      guard substitutes.count == model.readColumnCount, substitutes.allSatisfy({ Float($0).isFinite }) else {
        throw VAEError(
          .file,
          "\(path) holds \(substitutes.count) substitutes for missing values; there must be one for each of the "
            + "\(model.readColumnCount) columns, all of them finite.")
      }
      model.substitutes = substitutes
    }
    try readTensors(header, &reader)
  }

  /// Reads the tensors that the configuration and the state ask for, no more and no fewer.
  private mutating func readTensors(_ header: SafetensorsHeader, _ reader: inout FileReader) throws(VAEError) {
    let path = reader.path
    let expected = vectors.flatMap { vector in
      model.parameters.tensors.map { (prefix: vector.prefix, layout: $0, name: vector.prefix + $0.name) }
    }
    var missing = Dictionary(uniqueKeysWithValues: expected.map { ($0.name, $0) })
    for tensor in header.tensors {
      guard let place = missing.removeValue(forKey: tensor.name) else {
        throw VAEError(.file, "\(path): the configuration has no tensor \(tensor.name).")
      }
      guard place.layout.shape == tensor.shape else {
        throw VAEError(
          .file,
          "\(path): the tensor \(tensor.name) has the shape \(tensor.shape), the configuration asks for \(place.layout.shape)."
        )
      }
      let type = try tensor.type(path)
      guard type.isFloatingPoint else {
        throw VAEError(.file, "\(path): the tensor \(tensor.name) holds no floating-point numbers.")
      }
      let values: [Element] = type.elements(
        try reader.readExactly(tensor.bytes.count, "the tensor \(tensor.name)"))
      guard Buffer(values).isFinite(0..<values.count) else {
        throw VAEError(.file, "\(path): the tensor \(tensor.name) holds a value that is not finite.")
      }
      if place.prefix == training?.optimizer.squaresPrefix, !values.allSatisfy({ $0 >= 0 }) {
        throw VAEError(.file, "\(path): the tensor \(tensor.name) holds a sum of squares that is negative.")
      }
      if place.prefix.isEmpty {
        model.parameters[place.layout.name] = values
      } else {
        state!.optimizer.set(place.prefix, place.layout, to: values)
      }
    }
    guard missing.isEmpty else {
      throw VAEError(.file, "\(path): the tensors \(missing.keys.sorted().joined(separator: ", ")) are missing.")
    }
  }

  /// The vectors that the file holds tensors of, and what stands before the tensors' names.
  private var vectors: [(prefix: String, buffer: Buffer<Element>)] {
    [("", model.parameters.buffer)] + (state?.optimizer.vectors ?? [])
  }

  /// Writes the checkpoint; where that fails, what was at `path` stays.
  ///
  /// - Throws: where the file cannot be written, or a parameter or what the optimizer remembers of it is not finite: such
  ///   a file could not be read again.
  public func write(to path: String) throws(VAEError) {
    let pieces = vectors.flatMap { vector in
      model.parameters.tensors.map { (name: vector.prefix + $0.name, layout: $0, buffer: vector.buffer) }
    }
    for piece in pieces where !piece.buffer.isFinite(piece.layout.range) {
      throw VAEError(
        .numerics,
        "The parameters \(piece.name) are no longer finite, so \(path) is not written: lower the learning rate.")
    }
    var offset = 0
    let tensors = pieces.map { piece in
      let size = piece.layout.count * Element.elementType.size
      defer { offset += size }
      return SafetensorsHeader.Tensor(
        name: piece.name, type: StoredType(Element.elementType), shape: piece.layout.shape,
        bytes: offset..<offset + size)
    }
    let header = try SafetensorsHeader.encode(tensors: tensors, metadata: metadata())
    try AtomicFile.write(to: path) { writer throws(VAEError) in
      try writer.write(header)
      for piece in pieces { try writer.write(piece.buffer.elements(piece.layout.range).littleEndianBytes) }
    }
  }

  private func metadata() throws(VAEError) -> [String: String] {
    func text(_ value: some Encodable) throws(VAEError) -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      do {
        return String(decoding: try encoder.encode(value), as: UTF8.self)
      } catch {
        throw VAEError(.configuration, "The settings or the state cannot be written as JSON: \(error)")
      }
    }
    var metadata: [MetadataKey: String] = [
      .format: formatName, .version: formatVersion, .configuration: try text(model.configuration),
      .epoch: String(epoch), .step: String(step),
      .blas: "\(BLAS.configuration) \(BLAS.coreName)", .kernels: VectorLevel.current.elementWiseName,
    ]
    if let standardization = model.standardization { metadata[.standardization] = try text(standardization) }
    if let substitutes = model.substitutes { metadata[.substitutes] = try text(substitutes) }
    if let schema = model.schema { metadata[.schema] = try text(schema) }
    if let training { metadata[.training] = try text(training) }
    if let state { metadata[.state] = try text(state.metadata) }
    if !data.isEmpty { metadata[.data] = try text(data) }
    return Dictionary(uniqueKeysWithValues: metadata.map { ($0.rawValue, $1) })
  }
}

private enum MetadataKey: String {
  case format, version, configuration, schema, standardization, substitutes, training, epoch, step, state, data, blas,
    kernels
}

private let formatName = "vaecore"
private let formatVersion = "3"
/// Version 1 knew no state, version 2 no schema.
private let readableVersions = ["1", "2", formatVersion]
