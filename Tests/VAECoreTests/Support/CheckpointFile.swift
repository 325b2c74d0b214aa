import Foundation
import TestSupport
import VAECore

/// A checkpoint's file taken apart, to be put together wrongly.
struct CheckpointFile {
  var header: [String: Any]
  var tensors: [UInt8]

  /// A small valid checkpoint: data of 4 values, one hidden layer of 3, and 2 latent dimensions; with a state, after 3
  /// steps of 2 data each, two steps an epoch.
  init(withState: Bool = false) throws {
    let configuration = ModelConfiguration(dataSize: 4, encoderHidden: [3], latentSize: 2)
    let model = try VariationalAutoencoder<Float>(configuration)
    var checkpoint = Checkpoint(model: model, training: TrainingConfiguration())
    if withState {
      var training = TrainingConfiguration()
      training.batchSize = 2
      var trainer = try Trainer(model, configuration: training, execution: Execution(threads: 1))
      try trainer.train(
        steps: 3, on: Dataset(name: "bytes", bytes: (0..<16).map { 16 * $0 }, dataSize: 4, whiteLevel: .value(255)))
      checkpoint = try trainer.checkpoint()
    }
    try self.init(checkpoint)
  }

  /// A model that knows all that one can know of its data: 4 named columns of grey levels, under labels of 3 classes.
  static func withSchema() throws -> CheckpointFile {
    let model = try VariationalAutoencoder<Float>(
      ModelConfiguration(dataSize: 4, encoderHidden: [3], latentSize: 2, conditionSize: 3, likelihood: .gaussian()))
    var checkpoint = Checkpoint(model: model, training: TrainingConfiguration(), epoch: 2, step: 9)
    checkpoint.data = ["train": DataFingerprint(count: 6, dataSize: 4, checksum: 0x1234_5678)]
    var file = try CheckpointFile(checkpoint)
    file.metadata["schema"] =
      #"{"column_names":["a","b","height, cm","é"],"stored_type":"U16","white_level":1023,"classes":[1,3,7],"#
      + #""binarize":"none"}"#
    file.metadata["standardization"] = #"{"means":[0.5,0,-1,2],"deviations":[1,0.25,2,1]}"#
    file.metadata["substitutes"] = "[0.5,0,-1,2]"
    return file
  }

  private init(_ checkpoint: Checkpoint<Float>) throws {
    let bytes = try withTemporaryFolder { folder in
      try checkpoint.write(to: folder.file("model"))
      return try folder.bytes("model")
    }
    let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    header = try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + length])) as! [String: Any]
    tensors = Array(bytes[(8 + length)...])
  }

  var bytes: [UInt8] {
    get throws {
      let text = try JSONSerialization.data(withJSONObject: header)
      return UInt64(text.count).littleEndianBytes + [UInt8](text) + tensors
    }
  }

  var metadata: [String: String] {
    get { header["__metadata__"] as! [String: String] }
    set { header["__metadata__"] = newValue }
  }

  /// A value in a tensor's entry: dtype, shape or data_offsets.
  subscript(tensor: String, key: String) -> Any? {
    get { (header[tensor] as? [String: Any])?[key] }
    set {
      var entry = header[tensor] as! [String: Any]
      entry[key] = newValue
      header[tensor] = entry
    }
  }

  /// Changes a setting of the model's configuration, or a value of another of the metadata; nil removes it.
  mutating func set(_ name: String, to value: Any?, in key: String = "configuration") throws {
    var values = try JSONSerialization.jsonObject(with: Data(metadata[key]!.utf8)) as! [String: Any]
    values[name] = value
    metadata[key] = String(decoding: try JSONSerialization.data(withJSONObject: values), as: UTF8.self)
  }

  /// The tensor whose bytes come last.
  var last: String {
    header.keys.filter { $0 != "__metadata__" }
      .max { (self[$0, "data_offsets"] as! [Int])[1] < (self[$1, "data_offsets"] as! [Int])[1] }!
  }

  mutating func removeLastTensor() {
    let name = last
    tensors.removeLast((self[name, "shape"] as! [Int]).reduce(4, *))
    header[name] = nil
  }

  mutating func append(_ name: String, count: Int) {
    header[name] = [
      "dtype": "F32", "shape": [count], "data_offsets": [tensors.count, tensors.count + 4 * count],
    ]
    tensors += Array(repeating: 0, count: 4 * count)
  }
}
