import Foundation
import TestSupport
import Testing
import VAECore

/// Whatever is wrong, `vae` says what and where in a sentence or two, and leaves nothing behind.
struct BadInputTests {
  /// Arguments, separated by spaces, and what the message must say.
  typealias Call = (arguments: String, words: [String])

  private func check(_ call: Call, _ prepare: (TemporaryFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try prepare(folder)
      try folder.expectFailure(call.arguments.split(separator: " ").map(String.init), call.words)
    }
  }

  // MARK: Data

  static let files: [String: [UInt8]] = [
    "empty": [], "text": Array("hello, world".utf8), "truncated": Array(idxImages(count: 10)[..<200]),
    "labels": idxFile(dimensions: [4], elements: [1, 2, 3, 4]),
    "dimensions": idxFile(dimensions: [1, 2, 2, 3], elements: Array(0..<12)),
    "trailing": idxImages(count: 10) + [0], "none": idxFile(dimensions: [0, 6, 6], elements: []),
    "overflow": idxFile(dimensions: [0, .max, .max], elements: []),
    "nan": idxFile(
      type: 13, dimensions: [2, 2], elements: [0, 1, .nan, 0].flatMap { (x: Float) in x.bitPattern.bigEndianBytes }),
    "large": idxFile(
      type: 13, dimensions: [2, 2], elements: [0, 1, 0, 255].flatMap { (x: Float) in x.bitPattern.bigEndianBytes }),
  ]

  @Test(arguments: [
    ("missing", ["missing", "There is no", "IDX"]), ("empty", ["empty", "is empty"]), ("text", ["text", "no rows"]),
    ("truncated", ["truncated", "10 data of 36 bytes", "5 are there"]), ("labels", ["labels", "images"]),
    ("dimensions", ["dimensions", "4 dimensions"]), ("trailing", ["trailing", "10 data"]),
    ("none", ["none", "empty"]), ("overflow", ["overflow", "cannot hold"]),
    ("corrupt.gz", ["corrupt.gz", "damaged"]),
    ("nan", ["nan, datum 1, column 1", "nan"]), ("large", ["large, datum 1, column 2", "255", "scale"]),
    ("nan --likelihood gaussian", ["nan, datum 1, column 1", "nan"]), ("/dev/null", ["/dev/null", "not a file"]),
  ])
  func data(name: String, words: [String]) throws {
    try check(("train --out run --data \(name)", words)) { folder in
      for (name, bytes) in Self.files { try folder.write(bytes, name) }
      var damaged = try gzip(idxImages(count: 100))
      damaged[damaged.count / 2] ^= 0xff
      try folder.write(damaged, "corrupt.gz")
    }
  }

  @Test(arguments: [
    ("ragged.csv", ["ragged.csv, line 3", "1 values", "2", "in quotes"]),
    ("text.csv", ["text.csv, line 3", "column 2 (b)", "\"x\"", "Leave the column out"]),
    ("picture.png", ["picture.png", "none of the formats", "convert"]),
    ("picture.npy", ["picture.npy", "not an NPY file", "numpy.save"]),
    ("none", ["none", "it is empty", "file itself"]),
    ("odd", ["odd", "readme.txt", "file itself"]), ("mixed", ["mixed/a.csv", "mixed/b.csv", "2 and 3 values"]),
    ("ragged.csv,", ["ragged.csv,", "empty name"]), ("", ["empty path"]),
  ])
  func inspected(name: String, words: [String]) throws {
    try withTemporaryFolder { folder in
      for name in ["none", "odd", "mixed"] { mkdir(folder.file(name), 0o700) }
      mkfifo(folder.file("pipe"), 0o600)
      let files = [
        "ragged.csv": "a,b\n1,2\n3\n", "text.csv": "a,b\n1,2\n3,x\n1,5\n2,6\n",
        "picture.png": "\u{89}PNG\r\n\u{1a}\n\0",
        "picture.npy": "\u{89}PNG\r\n\u{1a}\n\0", "odd/readme.txt": "text", "mixed/a.csv": "1,2\n",
        "mixed/b.csv": "1,2,3\n",
      ]
      for (name, text) in files { try folder.write(text, name) }
      for command in [["data", "inspect", name], ["data", "convert", name, "--out", "x.npy"]] {
        // A pipe has no contents to compare.
        if name != "pipe" { unlink(folder.file("pipe")) }
        let before = folder.names
        let result = try Tool.run(command, in: folder)
        #expect(result.exited && result.status == 1 && folder.names == before)
        expectMessage(result.errors, words, "\(command)", #_sourceLocation)
      }
    }
  }

  // MARK: Names

  /// Files and folders may have names of one letter.
  @Test func shortNames() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 10), "d")
      try folder.vae("train --data d --out r --hidden 4 --latent 2 --epochs 1")
      try FileManager.default.copyItem(atPath: folder.file("r/model.safetensors"), toPath: folder.file("m"))
      try folder.vae("evaluate m --data d")
      try folder.vae("encode m --data d --out c.csv")
      try folder.vae("data convert d --out s --shard-size 5")
      try folder.expectFailure(["train", "--data", "d", "--out", ""], ["folder without a name"])
      try folder.expectFailure(["sample", "m", "--out", ""], ["empty path"])
      try folder.expectFailure(["train", "--data", "d", "--out", "d"], ["d is a file"])
    }
  }

  // MARK: Output

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func resultsThatCannotBePrinted() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 10), "data")
      for command in ["data inspect data", "train --data data --out run --hidden 4 --latent 2 --epochs 1"] {
        let result = try Tool.run("/bin/bash", ["-c", "\"$0\" \(command) > /dev/full", Tool.path], in: folder)
        #expect(result.exited && result.status == 1)
        expectMessage(result.errors, ["cannot be printed", "No space left"], command, #_sourceLocation)
      }
      // The run is complete all the same.
      #expect(folder.names.contains("run/model.safetensors"))
    }
  }

  // MARK: Settings

  static let badSettings: [Call] = [
    ("--batch-size 0", ["batch_size", "0"]), ("--batch-size 1000000000000", ["1000000000000 data", "bytes"]),
    ("--batch-size x", ["batch-size", "x"]), ("--samples 0", ["samples", "0"]),
    ("--samples 99999999999", ["samples", "99999999999"]), ("--samples-per-pass 2", ["samples_per_pass", "joint"]),
    ("--gradient accumulated --samples-per-pass 0", ["samples_per_pass"]),
    ("--gradient both", ["both", "accumulated"]),
    ("--learning-rate=-1", ["learning_rate", "-1"]), ("--learning-rate nan", ["learning_rate", "nan"]),
    ("--learning-rate inf", ["learning_rate", "inf"]), ("--beta=-1", ["beta", "-1"]), ("--beta nan", ["beta", "nan"]),
    ("--bound iwae --beta 2", ["importance-weighted", "beta"]),
    ("--bound iwae --free-bits 1", ["iwae", "free_bits", "within the weights"]),
    ("--bound iwae --gradient accumulated", ["importance-weighted bound couples", "joint"]),
    ("--bound vae", ["bound", "vae"]),
    ("--free-bits 1 --latent-gradient stl", ["Free bits", "stl"]), ("--free-bits=-1", ["free_bits", "-1"]),
    ("--kl-warmup=-1", ["kl_warmup", "-1"]), ("--kl-warmup 2 --kl-cycle 3", ["kl_warmup", "kl_cycle"]),
    ("--latent-gradient best", ["latent-gradient", "best"]),
    ("--bound iwae --likelihood squared-error", ["likelihood"]),
    ("--weight-decay=-1", ["weight_decay", "-1"]), ("--momentum 0.5", ["adam", "momentum"]),
    ("--optimizer sgd --momentum 1", ["momentum", "below 1"]), ("--epochs=-1", ["epochs", "-1"]),
    ("--epochs 9223372036854775807", ["epochs", "9223372036854775807"]), ("--seed=-1", ["seed", "-1"]),
    ("--hidden 0", ["hidden", "at least 1"]), ("--hidden 99999999999", ["hidden", "99999999999"]),
    ("--hidden 5,", ["hidden", "5,"]), ("--decoder-hidden x", ["decoder-hidden", "x"]),
    ("--hidden 67108864 --decoder-hidden 67108864", ["bytes", "smaller"]), ("--latent 0", ["latent", "at least 1"]),
    ("--latent 1000000000", ["latent", "1000000000"]), ("--likelihood weibull", ["weibull", "bernoulli"]),
    ("--optimizer lion", ["lion", "adam"]), ("--init zeros", ["zeros", "glorot"]),
    ("--activation cube", ["cube", "tanh"]), ("--binarize yes", ["yes", "threshold"]),
    ("--variance learned", ["variance", "bernoulli"]), ("--output-activation tanh", ["bernoulli", "logits"]),
    ("--likelihood gaussian --variance 0", ["variance", "from 1e-30"]),
    ("--likelihood gaussian --variance nan", ["variance", "nan"]),
    ("--likelihood gaussian --variance some", ["variance", "learned"]), ("--threads 0", ["threads", "0"]),
    ("--threads 5000", ["threads", "1024"]), ("--surplus 1", ["--surplus"]),
  ]

  @Test(arguments: badSettings.indices) func settings(index: Int) throws {
    try check(("train --data data --out run \(Self.badSettings[index].arguments)", Self.badSettings[index].words)) {
      try $0.write(idxImages(count: 10), "data")
    }
  }

  @Test(arguments: [
    (#"{"latnet": 2}"#, ["file.json", "\"latnet\"", "latent"]), (#"{"threads": 2}"#, ["\"threads\""]),
    ("{", ["file.json", "config.json"]), ("[1]", ["file.json"]), ("", ["file.json"]),
    (String(repeating: "[", count: 100_000), ["file.json"]), (#"{"seed": 1, "seed": 2}"#, ["\"seed\"", "twice"]),
    (#"{"epochs": 1.5}"#, ["epochs", "1.5"]), (#"{"epochs": "two"}"#, ["epochs", "two"]),
    (#"{"gated": 1}"#, ["gated", "1"]), (#"{"epochs": 1e300}"#, ["epochs", "1e+300"]),
    (#"{"epochs": true}"#, ["epochs", "true"]),
    (#"{"activation": null}"#, ["file.json", "activation"]), (#"{"activation": "cube"}"#, ["activation", "cube"]),
    (#"{"hidden": [1.5]}"#, ["file.json", "hidden"]), (#"{"hidden": 5}"#, ["hidden", "5"]),
    (#"{"seed": -1}"#, ["seed", "-1"]), (#"{"data_size": 35}"#, ["data_size 35", "36"]),
    (#"{"optimizer": "sgd", "beta1": 0.5}"#, ["sgd", "beta1"]),
    (#"{"likelihood": "bernoulli", "variance": 1}"#, ["variance", "bernoulli"]),
  ])
  func configurationFiles(text: String, words: [String]) throws {
    try check(("train --data data --out run --config file.json", words)) { folder in
      try folder.write(idxImages(count: 10), "data")
      try folder.write(text, "file.json")
    }
  }

  @Test func callsThatMissSomething() throws {
    for (arguments, words) in [
      ("train --data synthetic", ["--out"]), ("train --out run", ["--data"]), ("evaluate", ["model"]),
      ("train --data data --out run --config missing.json", ["missing.json", "No such file"]), ("dance", ["dance"]),
    ] { try check((arguments, words)) { _ in } }
  }
}
