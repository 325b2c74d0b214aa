import Foundation
import TestSupport
import VAECore

/// A checkpoint's file taken apart, to be put together wrongly.
struct CheckpointFile {
  var header: [String: Any]
  var tensors: [UInt8]

  /// A small valid checkpoint: data of 4 values, one hidden layer of 3, and 2 latent dimensions.
  init() throws {
    let configuration = ModelConfiguration(dataSize: 4, encoderHidden: [3], latentSize: 2)
    let bytes = try withTemporaryFolder { folder in
      try Checkpoint(model: VariationalAutoencoder<Float>(configuration), training: TrainingConfiguration())
        .write(to: folder.file("model"))
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

  /// Changes a setting of the model's configuration; nil removes it.
  mutating func set(_ name: String, to value: Any?) throws {
    var configuration =
      try JSONSerialization.jsonObject(with: Data(metadata["configuration"]!.utf8)) as! [String: Any]
    configuration[name] = value
    metadata["configuration"] = String(
      decoding: try JSONSerialization.data(withJSONObject: configuration), as: UTF8.self)
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
