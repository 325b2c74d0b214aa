import Foundation
import TestSupport
import Testing
import VAECore

/// Damaged files of every format that the library itself reads: a reason or what is in them, never a trap, and never more
/// memory than the file can fill.
@Suite(.serialized) struct FuzzTests {
  /// The examples read as arrays, whole or in pieces.
  private func fuzzArrays(
    _ format: String, _ examples: [[UInt8]], _ layout: (inout CountingReader) throws(VAEError) -> ArrayLayout
  ) throws {
    try Fuzz.run(format, examples) { bytes in
      let reader = CountingReader(bytes)
      defer { if !reader.wasSpared { Issue.record("\(format): \(reader.most) bytes asked of \(bytes.count)") } }
      try drain(ArrayStream(reader, layout))
    }
  }

  @Test func idx() throws {
    try fuzzArrays(
      "idx",
      [
        idxImages(count: 3), idxFile(dimensions: [4, 2], elements: Array(1...8)),
        idxFile(type: 13, dimensions: [2, 1], elements: Array(1...8)),
        idxFile(type: 14, dimensions: [1, 1, 2], elements: Array(1...16)), idxFile(dimensions: [0, 5], elements: []),
        idxFile(type: 9, dimensions: [2, 2], elements: Array(1...4)),
        idxFile(type: 11, dimensions: [2, 1, 2, 2], elements: Array(1...16)),
        idxFile(type: 12, dimensions: [2, 2], elements: Array(1...16)),
      ]
    ) { reader throws(VAEError) in try IDX.layout(&reader) }
  }

  @Test func labels() throws {
    let examples = [
      idxFile(dimensions: [4], elements: [0, 9, 3, 255]),
      idxFile(type: 12, dimensions: [2], elements: [0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]),
      idxFile(dimensions: [0], elements: []),
    ]
    try fuzzArrays("labels", examples) { reader throws(VAEError) in try IDX.layout(&reader, allowingVectors: true) }
  }

  @Test func npy() throws {
    let names = [
      "vectors-f2-big", "vectors-f4-little", "vectors-f8-big", "vectors-b1", "images-u1", "vectors-version2", "fortran",
      "fortran-images", "types/i1-little", "types/u2-big", "types/i4-little", "types/i8-big", "types/u8-little",
    ]
    try fuzzArrays("npy", names.map { try formatFixtureBytes($0 + ".npy") }) { reader throws(VAEError) in
      try NPY.layout(&reader)
    }
  }

  @Test func safetensors() throws {
    let example = try formatFixtureBytes("tensors.safetensors")
    try Fuzz.run("safetensors", [example]) { bytes in
      for name in ["x", "half", "bytes"] {
        var reader = CountingReader(bytes)
        defer { if !reader.wasSpared { Issue.record("\(reader.most) bytes asked of \(bytes.count)") } }
        let layout = try Safetensors.layout(&reader, tensor: name)
        #expect(layout.offset >= 0 && layout.end <= bytes.count)
      }
    }
  }

  @Test(arguments: [TableOptions.MissingValues.refuse, .nan]) func tables(missing: TableOptions.MissingValues) throws {
    let examples = [
      "a,b,c\n1,2.5,-3e4\n0.1,1e22,+7\n", "1;2\n3;4\n", "\u{feff}x\ty\r\n1\t2\r\n\r\n3\t4",
      "\"a \"\"b\"\"\",\"c,\n d\"\n\"1\",\"2\"\n 3 , 4\n",
      "p\n12345678901234567890.1234567890\n0.000000000000000000001e-300\n",
      "1,2\r3,4\r", "sep=;\na;b\n1,5;2\n\"3\";,25\n", "# x y\n 1.0  2.0 \n\t3 4\n", "\"x\" \"y\"\n\"1\" 1.5 2\n",
      "# a,b\n0,True\n1,False\n\u{1a}", "a,b,\n1,2,\n", "x\n1,5\n7\n", ",0,1|2\n0,1.5,-inf\n1,7,\u{2212}2\n",
      "a|b\nTrue|1\n0|8\n",
    ]
    try Fuzz.run("table", examples.map { Array($0.utf8) }) { bytes in
      var options = TableOptions()
      options.missing = missing
      let reader = CountingReader(bytes)
      defer { if !reader.wasSpared { Issue.record("\(reader.most) bytes asked of \(bytes.count)") } }
      try drain(TableStream(reader, options), 2)
      // Where there are such names.
      options.matching = ["b", "a"]
      _ = try? drain(TableStream(CountingReader(bytes), options), 2)
    }
  }

  @Test func configurations() throws {
    let examples = [
      #"{"data_size":784,"hidden":[500,200],"latent":20,"likelihood":"gaussian","variance":"learned"}"#,
      #"{"data_size":4,"latent":2,"image_shape":{"height":2,"width":2},"activation":"tanh"}"#,
      #"{"data_size":9,"likelihood":"categorical","groups":[3,4,2],"decoder_hidden":[],"init":"normal(0.01)"}"#,
      #"{"data_size":5,"likelihood":"laplace","scale":0.5,"output_activation":"sigmoid","gated":true}"#,
      #"{"data_size":8,"likelihood":"mixed","columns":"gaussian(learned,sigmoid):2,categorical(2,3):5,poisson:1"}"#,
      #"{"data_size":3,"likelihood":"mixed","columns":"category(sizes=3;4):2,mixture(components=2,points=0;9,means=1;2,deviations=1;3):1"}"#,
      #"{"data_size":2,"likelihood":"mixture","mixture_components":3,"mixture_weights":"1;2;3","mixture_interval":1}"#,
      #"{"data_size":3,"condition_size":10,"likelihood":"negative-binomial","activation":"gelu","init":"orthogonal"}"#,
    ]
    try Fuzz.run("configuration", examples.map { Array($0.utf8) }) { bytes in
      try StrictJSON.decode(ModelConfiguration.self, from: bytes, "The configuration").validate()
    }
  }

  @Test func trainings() throws {
    let examples = [
      #"{"batch_size":50,"samples":5,"gradient":"accumulated","samples_per_pass":2,"beta":0.5,"seed":7,"epochs":3}"#,
      #"{"bound":"iwae","latent_gradient":"dreg","binarize":"dynamic","beta":1}"#,
      #"{"optimizer":"adamw","beta1":0.8,"beta2":0.99,"epsilon":1e-8,"weight_decay":0.01,"clip_norm":5}"#,
      #"{"optimizer":"sgd","momentum":0.9,"learning_rate":0.1,"kl_warmup":10,"free_bits":0.25,"output_bias":"data"}"#,
      #"{"schedule":"plateau","schedule_factor":0.5,"schedule_epochs":3,"warmup_steps":100,"early_stopping":4}"#,
      #"{"optimizer":"rmsprop","decay":0.9,"kl_cycle":2.5,"standardize":true,"shuffle_window":1000}"#,
    ]
    try Fuzz.run("training", examples.map { Array($0.utf8) }) { bytes in
      try StrictJSON.decode(TrainingConfiguration.self, from: bytes, "The configuration").validate()
    }
  }

  @Test func checkpoints() throws {
    let examples = try [
      CheckpointFile().bytes, CheckpointFile(withState: true).bytes, CheckpointFile.withSchema().bytes,
    ]
    let data = [
      try Dataset(name: "data", floats: [0, 1, 0.5, 1, 1, 0, 0, 0.25], dataSize: 4)
        .conditioned(on: Condition(name: "labels", labels: [1, 7])),
      Dataset(name: "bytes", bytes: [0, 1, 2, 255], dataSize: 4),
    ]
    var schemas = Set<DataSchema>()
    try withTemporaryFolder { folder in
      try Fuzz.run("checkpoint", examples) { bytes in
        let model = try Checkpoint<Float>(contentsOf: folder.write(bytes, "model.safetensors")).model
        #expect(model.parameters.names.allSatisfy { model.parameters[$0].allSatisfy(\.isFinite) })
        // Whatever the schema says now, data are the model's or there is a reason why not.
        for data in data {
          var data = data
          data.columnNames = model.schema?.columnNames
          _ = try? model.matching(data)
        }
        if let schema = model.schema, schemas.count < 1000 { schemas.insert(schema) }
      }
    }
    // Some of what is read has a schema, damaged elsewhere or there.
    #expect(!schemas.isEmpty)
  }
}
