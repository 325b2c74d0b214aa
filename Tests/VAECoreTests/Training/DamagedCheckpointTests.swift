import Foundation
import TestSupport
import Testing
import VAECore

/// Checkpoints that are valid safetensors files but no models, and files with random damage: a reason, never a trap.
struct DamagedCheckpointTests {
  struct Damage: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let words: [String]
    let apply: @Sendable (inout CheckpointFile) throws -> Void

    init(_ name: String, _ words: String..., apply: @escaping @Sendable (inout CheckpointFile) throws -> Void) {
      testDescription = name
      self.words = words
      self.apply = apply
    }
  }

  static let damages: [Damage] = [
    Damage("missing tensor", "output.", "missing") { $0.removeLastTensor() },
    Damage("extra tensor", "no tensor surplus") { $0.append("surplus", count: 2) },
    Damage("transposed tensor", "encoder.0.weight", "[4, 3]", "[3, 4]") { $0["encoder.0.weight", "shape"] = [4, 3] },
    Damage("flattened tensor", "encoder.0.weight", "[12]", "[3, 4]") { $0["encoder.0.weight", "shape"] = [12] },
    Damage("another latent size", "mean.weight", "[2, 3]", "[1, 3]") { try $0.set("latent", to: 1) },
    Damage("another data size", "encoder.0.weight", "[3, 4]", "[3, 5]") { try $0.set("data_size", to: 5) },
    Damage("fewer layers", "encoder.0.weight") {
      try $0.set("hidden", to: [Int]())
      try $0.set("decoder_hidden", to: [Int]())
    },
    Damage("a learned variance without tensors", "output_logvar", "missing") {
      try $0.set("likelihood", to: "gaussian")
      try $0.set("variance", to: "learned")
    },
    Damage("huge layers", "configuration", "parameters") {
      try $0.set("hidden", to: [50_000_000])
      try $0.set("data_size", to: 50_000_000)
    },
    Damage("sizes beyond counting", "configuration", "9223372036854775807") { try $0.set("latent", to: Int.max) },
    Damage("very many layers", "configuration", "hidden layers") {
      try $0.set("hidden", to: Array(repeating: 1, count: 100_000))
    },
    Damage("zero data size", "configuration", "at least 1") { try $0.set("data_size", to: 0) },
    Damage("negative latent size", "configuration", "at least 1") { try $0.set("latent", to: -1) },
    Damage("zero layer", "configuration", "at least 1") { try $0.set("hidden", to: [0]) },
    Damage("contradicting image shape", "configuration", "3 × 3") {
      try $0.set("image_shape", to: ["height": 3, "width": 3])
    },
    Damage("overflowing image shape", "configuration", "pixels") {
      try $0.set("image_shape", to: ["height": Int.max, "width": Int.max])
    },
    Damage("negative variance", "configuration", "variance") {
      try $0.set("likelihood", to: "gaussian")
      try $0.set("variance", to: -1)
    },
    Damage("unknown likelihood", "configuration", "\"magic\"", "bernoulli") { try $0.set("likelihood", to: "magic") },
    Damage("unknown activation", "configuration", "activation") { try $0.set("activation", to: "magic") },
    Damage("no data size", "configuration", "data_size", "missing") { try $0.set("data_size", to: nil) },
    Damage("no configuration", "no model of this library") { $0.metadata["configuration"] = nil },
    Damage("empty configuration", "configuration") { $0.metadata["configuration"] = "" },
    Damage("a setting twice", "configuration", "twice") {
      $0.metadata["configuration"] = #"{"data_size":4,"latent":2,"data_size":4}"#
    },
    Damage("deep nesting", "configuration") {
      $0.metadata["configuration"] = "{\"hidden\":" + String(repeating: "[", count: 100_000)
    },
    Damage("another program's file", "no model of this library") { $0.metadata["format"] = "pt" },
    Damage("no metadata", "no model of this library") { $0.header["__metadata__"] = nil },
    Damage("no known version", "version 0", "newer") { $0.metadata["version"] = "0" },
    Damage("no version", "version none") { $0.metadata["version"] = nil },
    Damage("epoch not a number", "epoch") { $0.metadata["epoch"] = "seven" },
    Damage("training not a configuration", "training", "\"magic\"") {
      $0.metadata["training"] = #"{"optimizer":"magic"}"#
    },
    Damage("too few numbers for missing values", "3 substitutes", "missing values", "4 columns") {
      $0.metadata["substitutes"] = "[1, 2, 3]"
    },
    Damage("a number for missing values that is not finite", "substitutes") {
      $0.metadata["substitutes"] = "[1, 2, 3, 1e39]"
    },
    Damage("a number for missing values that is none", "substitutes") {
      $0.metadata["substitutes"] = "[1, 2, 3, \"NaN\"]"
    },
    Damage("NaN", "encoder.0.weight", "not finite") { $0.tensors.replaceSubrange(0..<4, with: [0, 0, 0xc0, 0x7f]) },
    Damage("infinity", "encoder.0.weight", "not finite") {
      $0.tensors.replaceSubrange(0..<4, with: [0, 0, 0x80, 0x7f])
    },
  ]

  /// Of a model of 4 named columns of grey levels, under labels of 3 classes.
  static let schemaDamages: [Damage] = [
    Damage("a name too few", "schema", "column_names", "3", "4") {
      try $0.set("column_names", to: ["a", "b", "c"], in: "schema")
    },
    Damage("a name too many", "schema", "column_names", "5", "4") {
      try $0.set("column_names", to: ["a", "b", "c", "d", "e"], in: "schema")
    },
    Damage("a name that is none", "schema", "column_names") {
      try $0.set("column_names", to: ["a", 2, "c", "d"] as [Any], in: "schema")
    },
    Damage("classes that are not ascending", "schema", "classes", "ascending") {
      try $0.set("classes", to: [1, 7, 3], in: "schema")
    },
    Damage("a class twice", "schema", "classes", "ascending") { try $0.set("classes", to: [1, 3, 3], in: "schema") },
    Damage("a class too few", "schema", "classes", "2", "3") { try $0.set("classes", to: [1, 3], in: "schema") },
    Damage("a class that is no integer", "schema", "whole") {
      try $0.set("classes", to: [1, 3, 7.5] as [Any], in: "schema")
    },
    Damage("classes of a model without a condition", "schema", "classes") {
      try $0.set("condition_size", to: 0)
    },
    Damage("white is 0", "schema", "white_level", "0") { try $0.set("white_level", to: 0, in: "schema") },
    Damage("white is negative", "schema", "white_level", "-255") {
      try $0.set("white_level", to: -255, in: "schema")
    },
    Damage("white is beyond integers", "schema") {
      $0.metadata["schema"] = #"{"binarize":"none","white_level":9223372036854775808}"#
    },
    Damage("no known type", "schema", "stored_type", "F8") { try $0.set("stored_type", to: "F8", in: "schema") },
    Damage("no known binarisation", "schema", "binarize", "maybe") {
      try $0.set("binarize", to: "maybe", in: "schema")
    },
    Damage("no binarisation", "schema", "binarize", "missing") { try $0.set("binarize", to: nil, in: "schema") },
    Damage("white twice", "schema", "white_level", "twice") {
      $0.metadata["schema"] = #"{"binarize":"none","white_level":1,"white_level":2}"#
    },
    Damage("no JSON", "schema") { $0.metadata["schema"] = "[" },
  ]

  @Test(arguments: schemaDamages) func refusesTheSchema(_ damage: Damage) throws {
    try expectRefusal(of: CheckpointFile.withSchema(), damage)
  }

  /// Data may have two columns of one name; such a model takes the very same columns, and no others.
  @Test func repeatedNamesAreNoDamage() throws {
    try withTemporaryFolder { folder in
      var file = try CheckpointFile.withSchema()
      let names = ["a", "a", "b", "c"]
      try file.set("column_names", to: names, in: "schema")
      let model = try Checkpoint<Float>(contentsOf: folder.write(file.bytes, "model.safetensors")).model
      #expect(model.schema?.columnNames == names)
      var data = try Dataset(name: "data", floats: [0, 1, 2, 3], dataSize: 4)
        .conditioned(on: Condition(name: "labels", labels: [3]))
      data.columnNames = names
      #expect(try model.matching(data).columnNames == names)
      data.columnNames = ["c", "b", "a", "a"]
      let error = #expect(throws: VAEError.self) { _ = try model.matching(data) }
      #expect(error?.lacks("several", "\"a\"") == [], "\(error?.description ?? "")")
    }
  }

  @Test(arguments: damages) func refuses(_ damage: Damage) throws {
    try expectRefusal(of: CheckpointFile(), damage)
  }

  private func expectRefusal(of undamaged: CheckpointFile, _ damage: Damage) throws {
    try withTemporaryFolder { folder in
      var file = undamaged
      try damage.apply(&file)
      let path = try folder.write(file.bytes, "hostile.safetensors")
      let error = #expect(throws: VAEError.self) { _ = try Checkpoint<Float>(contentsOf: path) }
      #expect(error?.kind == .file)
      #expect(error?.lacks([path] + damage.words) == [], "\(error?.description ?? "")")
    }
  }

  /// Put together unchanged, the file is valid: the damages above are the only reason to refuse it.
  @Test func acceptsTheUndamaged() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write(CheckpointFile().bytes, "model.safetensors")
      #expect(try Checkpoint<Float>(contentsOf: path).model.configuration.encoderHidden == [3])
      try folder.write(CheckpointFile.withSchema().bytes, "model.safetensors")
      #expect(try Checkpoint<Float>(contentsOf: path).model.schema?.classes == [1, 3, 7])
    }
  }

  /// Not damage, but somebody else's work: it is told apart.
  @Test func refusesANewerVersion() throws {
    try withTemporaryFolder { folder in
      var file = try CheckpointFile()
      file.metadata["version"] = "4"
      let path = try folder.write(file.bytes, "model.safetensors")
      let error = #expect(throws: VAEError.self) { _ = try Checkpoint<Float>(contentsOf: path) }
      #expect(error?.kind == .version)
      #expect(error?.lacks(path, "version 4", "newer") == [])
    }
  }

  @Test func readsVersion1() throws {
    try withTemporaryFolder { folder in
      var file = try CheckpointFile()
      file.metadata["version"] = "1"
      let path = try folder.write(file.bytes, "model.safetensors")
      #expect(try Checkpoint<Float>(contentsOf: path).model.configuration.encoderHidden == [3])
    }
  }

  @Test func refusesEveryTruncation() throws {
    try withTemporaryFolder { folder in
      let bytes = try CheckpointFile().bytes
      for count in stride(from: 0, to: bytes.count, by: 13) {
        let path = try folder.write(Array(bytes[..<count]), "short")
        #expect(throws: VAEError.self, "\(count) bytes") { _ = try Checkpoint<Float>(contentsOf: path) }
      }
    }
  }

  /// A flipped bit gives an error or another model, which then has finite parameters.
  @Test func survivesFlippedBits() throws {
    try withTemporaryFolder { folder in
      let bytes = try CheckpointFile().bytes
      var random = TestRandom(5)
      var refused = 0
      for position in stride(from: 0, to: bytes.count, by: 3) {
        var damaged = bytes
        damaged[position] ^= 1 << UInt8(random.integer(0...7))
        let path = try folder.write(damaged, "flipped")
        do {
          let model = try Checkpoint<Float>(contentsOf: path).model
          #expect(model.parameters.names.allSatisfy { model.parameters[$0].allSatisfy(\.isFinite) })
        } catch let error as VAEError {
          refused += 1
          #expect(error.lacks(path) == [], "\(error)")
        }
      }
      #expect(refused > 100)
    }
  }

  @Test func refusesWhatIsNoFile() throws {
    try withTemporaryFolder { folder in
      for (path, word) in [(folder.path, "not a file"), (folder.file("none"), "No such file")] {
        let error = #expect(throws: VAEError.self) { _ = try Checkpoint<Float>(contentsOf: path) }
        #expect(error?.lacks(path, word) == [])
      }
    }
  }
}
