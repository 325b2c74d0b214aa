import Foundation
import VAECore
import VAEFiles

/// What inputs are taken for. The names are those of `FuzzTests`, from whose examples libFuzzer begins, and of the
/// dictionaries.
enum Format: String, CaseIterable {
  case idx, labels, npy, npz, safetensors, table, gz, checkpoint, configuration, training, schema

  /// How the names of such files end, which decides where the first bytes do not.
  var ending: String { self == .table ? "csv" : rawValue }

  /// Whether an input begins as files of the format do: else libFuzzer would look for those of all the others, too.
  func begins(_ start: [UInt8]) -> Bool {
    switch self {
    case .idx, .labels: IDX.begins(start)
    case .npy: NPY.begins(start)
    case .npz: start.starts(with: Array("PK".utf8))
    case .safetensors, .checkpoint: Safetensors.begins(start)
    case .gz: GzipReader.begins(start)
    case .table: ![.idx, .npy, .npz, .safetensors, .gz].contains { (format: Format) in format.begins(start) }
    case .configuration, .training, .schema: true
    }
  }

  /// Where an input says how long its header is, which follows there; little-endian. Nil where it says no such thing.
  func headerLength(_ bytes: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    let field: Range<Int>? =
      switch self {
      case .safetensors, .checkpoint: 0..<8
      case .npy: bytes.count > 6 && bytes[6] == 1 ? 8..<10 : 8..<12
      default: nil
      }
    return field.flatMap { $0.upperBound <= bytes.count ? $0 : nil }
  }

  /// Reads a file in every way in which the library reads one of the format. A reason does as well as what is in it.
  func read(_ path: String) {
    switch self {
    case .idx, .npy, .gz: try? readData(path)
    case .npz, .safetensors: for location in [path, path + ":x", path + ":bytes"] { try? readData(location) }
    case .table: for options in tableOptions { try? readData(path, options) }
    case .labels: _ = try? ConditionLocation.open(path)
    case .checkpoint: try? readCheckpoint(path)
    case .schema: try? readSchema(path)
    case .configuration: readSettings(path, as: ModelConfiguration.self) { try $0.validate() }
    case .training: readSettings(path, as: TrainingConfiguration.self) { try $0.validate() }
    }
  }
}

// MARK: Data

/// How a table may be asked for.
private let tableOptions: [TableOptions] = {
  var chosen = TableOptions()
  chosen.header = .yes
  chosen.columns = ["2", "a"]
  chosen.missing = .nan
  var replaced = TableOptions()
  replaced.header = .no
  replaced.missing = .mean
  var dropped = TableOptions()
  dropped.droppedColumns = ["1", "b"]
  dropped.separator = .comma
  dropped.missing = .zero
  var found = TableOptions()
  found.schemaChoice = .find
  found.maxCategories = 3
  found.missing = .nan
  return [TableOptions(), chosen, replaced, dropped, found]
}()

/// Reads all data one after the other, then as training does: they are as many.
private func readData(_ location: String, _ options: TableOptions = TableOptions()) throws(VAEError) {
  let file = try DataFile.open(location, options: options)
  var stream = file.data.stream
  let summary = try DataSummary(&stream)
  let source = try DataFile.open(location, options: options).data.source()
  precondition(source.count == summary.count, "\(summary.count) data, then \(source.count)")
  let middle = source.count / 2
  let data = try source.read([middle..<source.count, 0..<middle])
  precondition(data.count == source.count, "\(source.count) data, then \(data.count)")
  _ = try source.decidingWhiteLevel()
}

/// Reads a schema, which then can be written and read again, and writes rows.
private func readSchema(_ path: String) throws(VAEError) {
  let schema = try TableSchema(contentsOf: path)
  let again = try? JSONDecoder().decode(TableSchema.self, from: Data(schema.json.utf8))
  precondition(again == schema, "a schema that is another when it is read again")
  let writer = RowWriter(schema)
  _ = writer.header + writer.rows(schema.columns.indices.map { 1.7 * Double($0) - 3 })
}

// MARK: Models and settings

/// Reads a checkpoint, which then can be written and read again, and its model be used.
private func readCheckpoint(_ path: String) throws(VAEError) {
  let checkpoint = try Checkpoint<Float>(contentsOf: path)
  let size = checkpoint.model.configuration.conditionSize
  let condition = size > 0 ? Matrix(rows: 1, columns: size, elements: Array(repeating: Float(0), count: size)) : nil
  _ = Inference(checkpoint.model, execution: Execution(threads: 1)).sample(count: 1, condition: condition)
  let copy = path + ".copy"
  do throws(VAEError) {
    try checkpoint.write(to: copy)
    let again = try Checkpoint<Float>(contentsOf: copy)
    precondition(
      again.model.configuration == checkpoint.model.configuration && again.model.schema == checkpoint.model.schema
        && again.model.standardization == checkpoint.model.standardization
        && again.model.substitutes == checkpoint.model.substitutes && again.training == checkpoint.training
        && again.epoch == checkpoint.epoch && again.step == checkpoint.step && again.state == checkpoint.state
        && again.data == checkpoint.data, "a checkpoint that is another when it is read again")
  } catch {
    fatalError("a checkpoint that cannot be written or read again: \(error)")
  }
}

/// Reads settings, which then can be written and read again; their errors are Foundation's, or a ``VAEError``.
private func readSettings<Settings: Codable & Equatable>(
  _ path: String, as type: Settings.Type, validate: (Settings) throws -> Void
) {
  let settings: Settings
  do {
    settings = try JSONDecoder().decode(Settings.self, from: Data(contentsOf: URL(filePath: path)))
    try validate(settings)
  } catch {
    return
  }
  do {
    let again = try JSONDecoder().decode(Settings.self, from: try JSONEncoder().encode(settings))
    precondition(again == settings, "settings that are others when they are read again")
  } catch {
    fatalError("settings that cannot be written or read again: \(error)")
  }
}
