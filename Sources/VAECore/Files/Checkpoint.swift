import Foundation

/// A model in a file, with how it was trained. (Training cannot be continued from it: it has no optimizer state.)
///
/// The file is in the safetensors format, so other programs can read it without running code. Its tensors are those of
/// ``Parameters``; its metadata hold the configuration as JSON.
public struct Checkpoint<Element: Scalar>: Sendable {
  /// The model.
  public var model: VariationalAutoencoder<Element>
  /// How it was trained, if it was.
  public var training: TrainingConfiguration?
  /// The epochs that it was trained for.
  public var epoch: Int
  /// The optimizer steps that were taken.
  public var step: Int

  /// A checkpoint of a model.
  public init(
    model: VariationalAutoencoder<Element>, training: TrainingConfiguration? = nil, epoch: Int = 0, step: Int = 0
  ) {
    self.model = model
    self.training = training
    self.epoch = epoch
    self.step = step
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
    guard version == formatVersion else {
      throw VAEError(
        .file, "\(path) has the format version \(version); this program reads version \(formatVersion). Is it newer?")
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

    var missing = Set(model.parameters.names)
    for tensor in header.tensors {
      guard let expected = model.parameters.tensors.first(where: { $0.name == tensor.name }) else {
        throw VAEError(.file, "\(path): the configuration has no tensor \(tensor.name).")
      }
      guard expected.shape == tensor.shape else {
        throw VAEError(
          .file,
          "\(path): the tensor \(tensor.name) has the shape \(tensor.shape), the configuration asks for \(expected.shape)."
        )
      }
      guard tensor.type != .uint8 && tensor.type != .bool else {
        throw VAEError(.file, "\(path): the tensor \(tensor.name) holds no floating-point numbers.")
      }
      missing.remove(tensor.name)
      let values: [Element] = tensor.type.elements(
        try reader.readExactly(tensor.bytes.count, "the tensor \(tensor.name)"))
      guard values.allSatisfy(\.isFinite) else {
        throw VAEError(.file, "\(path): the tensor \(tensor.name) holds a value that is not finite.")
      }
      model.parameters[tensor.name] = values
    }
    guard missing.isEmpty else {
      throw VAEError(.file, "\(path): the tensors \(missing.sorted().joined(separator: ", ")) are missing.")
    }
  }

  /// Writes the checkpoint; where that fails, what was at `path` stays.
  ///
  /// - Throws: where the file cannot be written, or a parameter is not finite: such a model could not be read again.
  public func write(to path: String) throws(VAEError) {
    for name in model.parameters.names where !model.parameters[name].allSatisfy(\.isFinite) {
      throw VAEError(
        .numerics,
        "The parameters \(name) are no longer finite, so \(path) is not written: lower the learning rate.")
    }
    var offset = 0
    let tensors = model.parameters.tensors.map { layout in
      let size = layout.count * Element.elementType.size
      defer { offset += size }
      return SafetensorsHeader.Tensor(
        name: layout.name, type: StoredType(Element.elementType), shape: layout.shape, bytes: offset..<offset + size)
    }
    let header = try SafetensorsHeader.encode(tensors: tensors, metadata: metadata())
    try AtomicFile.write(to: path) { writer throws(VAEError) in
      try writer.write(header)
      for name in model.parameters.names { try writer.write(model.parameters[name].littleEndianBytes) }
    }
  }

  private func metadata() throws(VAEError) -> [String: String] {
    func text(_ value: some Encodable) throws(VAEError) -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      do {
        return String(decoding: try encoder.encode(value), as: UTF8.self)
      } catch {
        throw VAEError(.configuration, "The configuration cannot be written as JSON: \(error)")
      }
    }
    var metadata: [MetadataKey: String] = [
      .format: formatName, .version: formatVersion, .configuration: try text(model.configuration),
      .epoch: String(epoch), .step: String(step),
      .blas: "\(BLAS.configuration) \(BLAS.coreName)", .kernels: VectorLevel.current.name,
    ]
    if let training { metadata[.training] = try text(training) }
    return Dictionary(uniqueKeysWithValues: metadata.map { ($0.rawValue, $1) })
  }
}

private enum MetadataKey: String {
  case format, version, configuration, training, epoch, step, blas, kernels
}

private let formatName = "vaecore"
private let formatVersion = "1"
