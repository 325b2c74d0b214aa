import Foundation
import TestSupport
import Testing
import VAECore

/// What `vae train` writes, and that the settings alone determine it.
struct TrainCommandTests {
  private static let files = [
    "checkpoints", "checkpoints/step-000000000.safetensors", "checkpoints/step-000000100.safetensors", "config.json",
    "metrics.jsonl", "model.safetensors", "reconstructions.png", "samples.png",
  ]
  private let small = "--hidden 16 --latent 2 --epochs 1"

  @Test func leavesARun() throws {
    try withTemporaryFolder { folder in
      let result = try folder.vae("train --data synthetic --out runs/first \(small)")
      #expect(
        folder.names == ["runs", "runs/first"] + (["best.safetensors"] + Self.files).map { "runs/first/" + $0 })
      #expect(try folder.bytes("runs/first/best.safetensors") == folder.bytes("runs/first/model.safetensors"))
      #expect(result.output.contains("10000 training and 1000 test data of 256 values"))
      #expect(result.output.contains("Test −ELBO"))
      #expect(result.output.contains("runs/first/model.safetensors"))
      #expect(result.errors == "")
      for picture in ["reconstructions.png", "samples.png"] {
        #expect(try folder.bytes("runs/first/" + picture).starts(with: [0x89, 0x50, 0x4e, 0x47]))
      }
      let checkpoint = try Checkpoint<Float>(contentsOf: folder.file("runs/first/model.safetensors"))
      #expect(checkpoint.epoch == 1 && checkpoint.step == 100)
      #expect(checkpoint.model.configuration.encoderHidden == [16])
    }
  }

  /// The terms that are printed add up to the loss, whatever the weight of the KL divergence.
  @Test func saysTheWeightOfTheDivergence() throws {
    try withTemporaryFolder { folder in
      let result = try folder.vae("train --data synthetic --out run --beta 0.5 \(small)")
      #expect(result.output.contains("0.5 × "))
      #expect(result.output.contains("Test loss") && !result.output.contains("ELBO"))
    }
  }

  /// The importance-weighted bound is tested with the samples that it is trained with, and lies below −ELBO.
  @Test func testsTheBoundThatItTrains() throws {
    try withTemporaryFolder { folder in
      let result = try folder.vae("train --data synthetic --bound iwae --samples 8 --out run \(small) --json").json()
      let test = try #require((result["metrics"] as? [String: Any])?["test"] as? [String: Any])
      let (loss, reconstruction, kl) = (
        try #require(test["loss"] as? Double), try #require(test["reconstruction"] as? Double),
        try #require(test["kl"] as? Double)
      )
      #expect(loss < reconstruction + kl - 0.1)
    }
  }

  /// A preset's settings, then the configuration file's, then the options'.
  @Test func presetsComeFirst() throws {
    try withTemporaryFolder { folder in
      try folder.write(Array(#"{"latent": 3, "samples": 7}"#.utf8), "own.json")
      let call = "train --data synthetic --preset burda2015-k5 --config own.json --hidden 8 --samples 2"
      try folder.vae("\(call) --epochs 0 --out run")
      let settings = try #require(
        try JSONSerialization.jsonObject(with: Data(folder.bytes("run/config.json"))) as? [String: Any])
      #expect(settings["bound"] as? String == "iwae" && settings["batch_size"] as? Int == 20)
      #expect(settings["latent"] as? Int == 3 && settings["samples"] as? Int == 2)
      #expect(settings["hidden"] as? [Int] == [8] && settings["decoder_hidden"] as? [Int] == [8])
      try folder.expectFailure(
        ["train", "--data", "synthetic", "--preset", "burda2015-k5", "--beta", "2", "--out", "other"], ["beta"])
      try folder.expectFailure(
        ["train", "--data", "synthetic", "--preset", "mnist", "--out", "other"], ["mnist", "burda2015-k1"])
    }
  }

  @Test func configurationsGiveTheSameModel() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 50), "data")
      let settings =
        "--hidden 9,7 --decoder-hidden 8 --latent 3 --epochs 2 --batch-size 20 --samples 2 --gradient accumulated "
        + "--samples-per-pass 2 --beta 0.5 --likelihood gaussian --variance learned --output-activation sigmoid "
        + "--activation relu --init he --optimizer sgd --momentum 0.5 --learning-rate 0.0001 "
        + "--weight-decay 0.001 --seed 18446744073709551615 --gated --schedule step --schedule-factor 0.5 "
        + "--schedule-epochs 1 --warmup-steps 2 --clip-norm 10"
      try folder.vae("train --data data --out first \(settings)")
      try folder.vae("train --config first/config.json --out second")
      for name in ["model.safetensors", "config.json", "samples.png", "reconstructions.png"] {
        #expect(try folder.bytes("second/" + name) == folder.bytes("first/" + name))
      }
      // What is given on the command line comes first.
      try folder.vae("train --config first/config.json --out third --seed 1")
      #expect(try folder.bytes("third/model.safetensors") != folder.bytes("first/model.safetensors"))
      let training = try Checkpoint<Float>(contentsOf: folder.file("third/model.safetensors")).training
      #expect(training?.seed == 1 && training?.samplesPerDatum == 2 && training?.optimizer == .sgd(momentum: 0.5))
    }
  }

  /// Each option is the setting that it says.
  @Test func optionsAreSettings() throws {
    let calls: [(String, [String: NSObject])] = [
      (
        "--hidden 9,7 --decoder-hidden 8 --latent 3 --batch-size 21 --samples 4 --gradient accumulated "
          + "--samples-per-pass 2 --beta 0.5 --kl-warmup 6 --likelihood gaussian --variance learned "
          + "--output-activation sigmoid --activation relu --gated --init he --optimizer adamw --beta1 0.8 --beta2 0.98 "
          + "--epsilon 0.001 --learning-rate 0.01 --weight-decay 0.002 --clip-norm 11 --schedule step "
          + "--schedule-factor 0.25 --schedule-epochs 12 --warmup-steps 13 --seed 14 --validation 0.125 "
          + "--early-stopping 15 --trim 0.25 --checkpoint-steps 16 --checkpoint-minutes 17 --keep 18 --on-divergence rollback",
        [
          "hidden": [9, 7] as NSArray, "decoder_hidden": [8] as NSArray, "latent": 3 as NSNumber,
          "batch_size": 21 as NSNumber, "samples": 4 as NSNumber, "gradient": "accumulated" as NSString,
          "samples_per_pass": 2 as NSNumber, "beta": 0.5 as NSNumber, "kl_warmup": 6 as NSNumber,
          "likelihood": "gaussian" as NSString, "variance": "learned" as NSString,
          "output_activation": "sigmoid" as NSString, "activation": "relu" as NSString, "gated": true as NSNumber,
          "init": "he" as NSString, "optimizer": "adamw" as NSString, "beta1": 0.8 as NSNumber,
          "beta2": 0.98 as NSNumber,
          "epsilon": 0.001 as NSNumber, "learning_rate": 0.01 as NSNumber, "weight_decay": 0.002 as NSNumber,
          "clip_norm": 11 as NSNumber, "schedule": "step" as NSString, "schedule_factor": 0.25 as NSNumber,
          "schedule_epochs": 12 as NSNumber, "warmup_steps": 13 as NSNumber, "seed": 14 as NSNumber,
          "validation": 0.125 as NSNumber, "early_stopping": 15 as NSNumber, "trim": 0.25 as NSNumber,
          "checkpoint_steps": 16 as NSNumber,
          "checkpoint_minutes": 17 as NSNumber, "keep": 18 as NSNumber, "on_divergence": "rollback" as NSString,
          "epochs": 0 as NSNumber,
        ]
      ),
      (
        "--likelihood laplace --scale 0.75 --standardize --optimizer sgd --momentum 0.375 --prior mixture --components 7 --logvar-min=-6 --logvar-max 2 --kl-cycle 5",
        [
          "scale": 0.75 as NSNumber, "standardize": true as NSNumber, "momentum": 0.375 as NSNumber,
          "prior": "mixture" as NSString, "components": 7 as NSNumber, "logvar_min": -6 as NSNumber,
          "logvar_max": 2 as NSNumber, "kl_cycle": 5 as NSNumber,
        ]
      ),
      (
        "--bound iwae --latent-gradient dreg --optimizer rmsprop --decay 0.75 --binarize threshold --output-bias data --precision mixed",
        [
          "bound": "iwae" as NSString, "latent_gradient": "dreg" as NSString, "decay": 0.75 as NSNumber,
          "binarize": "threshold" as NSString, "output_bias": "data" as NSString, "precision": "mixed" as NSString,
        ]
      ),
      (
        "--likelihood mixed --columns bernoulli:30,gaussian:6 --missing model --gaps patterned --free-bits 0.125",
        [
          "columns": "bernoulli:30,gaussian:6" as NSString, "gaps": "patterned" as NSString,
          "free_bits": 0.125 as NSNumber,
        ]
      ),
    ]
    // Groups want one-hot data, and categories and mixtures are those of columns; the others follow from the data and the
    // memory.
    var names = Set(["groups", "data_size", "image_shape", "condition_size", "shuffle_window", "gap_rates"])
    for likelihood in ["category", "mixture"] {
      names.formUnion(ModelConfiguration.settingNames.filter { $0.hasPrefix(likelihood + "_") })
    }
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 50), "data")
      for (index, (options, expected)) in calls.enumerated() {
        try folder.vae("train --data data --out run\(index) --epochs 0 \(options)")
        let settings = try #require(
          try JSONSerialization.jsonObject(with: Data(folder.bytes("run\(index)/config.json"))) as? [String: NSObject])
        for (name, value) in expected { #expect(settings[name] == value, "\(name)") }
        names.formUnion(expected.keys)
      }
    }
    #expect(Set(ModelConfiguration.settingNames + TrainingConfiguration.settingNames).subtracting(names) == [])
  }

  @Test func threadsChangeNothing() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 333, side: 12), "data")
      for threads in 1...3 {
        try folder.vae(
          "train --data data --out run\(threads) --hidden 150 --latent 5 --epochs 2 --samples 3 --binarize dynamic "
            + "--threads \(threads)")
      }
      for threads in 2...3 {
        #expect(try folder.bytes("run\(threads)/model.safetensors") == folder.bytes("run1/model.safetensors"))
      }
    }
  }

  @Test func options1And2AreTheSameTraining() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 50), "data")
      let losses = try ["joint", "accumulated"].map { gradient in
        let result = try folder.vae(
          "train --data data --out \(gradient) \(small) --samples 4 --gradient \(gradient) --json")
        let metrics = try #require(try result.json()["metrics"] as? [String: Any])
        return try #require((metrics["train"] as? [String: Double])?["loss"])
      }
      #expect(abs(losses[0] - losses[1]) < 1e-4 * losses[0])
    }
  }

  /// Grey values a million times too large drive log σ² out of its bounds.
  @Test func warnsOfBoundedLogVariances() throws {
    try withTemporaryFolder { folder in
      try folder.write(
        idxFile(
          type: 13, dimensions: [20, 3], elements: (0..<60).flatMap { Float(100 * $0).bitPattern.bigEndianBytes }),
        "vectors")
      let result = try folder.vae(
        "train --data vectors --out run --likelihood gaussian --hidden none --latent 2 --epochs 1 --learning-rate 0")
      #expect(result.errors.contains("log σ² in epoch 1"))
    }
  }

  @Test func badSchedulesAndNorms() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 10), "data")
      func expect(_ options: String, _ words: [String]) throws {
        try folder.expectFailure("train --data data --out run \(options)".split(separator: " ").map(String.init), words)
      }
      try expect("--schedule linear", ["linear", "cosine"])
      try expect("--schedule burda --schedule-factor 0.5", ["burda", "schedule_factor"])
      try expect("--schedule step --schedule-epochs 0", ["schedule_epochs", "at least 1"])
      try expect("--warmup-steps -1", ["warmup_steps"])
      try expect("--clip-norm 0", ["clip_norm", "positive"])
      try expect("--clip-norm -2", ["clip_norm", "-2"])
      try expect("--trim 0.7", ["trim", "0.5"])
      try expect("--trim 0.1 --free-bits 0.1", ["trim", "together"])
      try expect("--likelihood gaussian --output-bias data", ["output_bias", "bernoulli"])
      try expect("--output-bias mean", ["--output-bias", "data"])
      try expect("--activation swish", ["--activation", "silu"])
    }
  }

  @Test func printsJSONAlone() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 50), "data")
      let result = try folder.vae("train --data data --out run \(small) --json")
      let object = try result.json()
      #expect(Set(object.keys) == ["metrics", "model", "reconstructions", "samples"])
      #expect(object["model"] as? String == "run/model.safetensors")
      #expect(result.errors.contains("epoch 1/1"))
    }
  }

  /// Vectors have no pictures, and those of a run before are not this one's.
  @Test func vectorsHaveNoPictures() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 50), "images")
      try folder.write(
        idxFile(type: 13, dimensions: [20, 3], elements: (0..<60).flatMap { Float($0).bitPattern.bigEndianBytes }),
        "vectors")
      try folder.vae("train --data images --out run \(small)")
      try folder.vae("train --data vectors --out run --overwrite --likelihood gaussian \(small)")
      #expect(
        folder.names.filter { $0.hasPrefix("run/") }
          == [
            "checkpoints", "checkpoints/step-000000000.safetensors", "checkpoints/step-000000001.safetensors",
            "config.json", "metrics.jsonl", "model.safetensors",
          ].map { "run/" + $0 })
    }
  }

  @Test func noEpochLeavesTheInitialModel() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 50), "data")
      try folder.vae("train --data data --out run --hidden 8 --latent 2 --epochs 0 --seed 4")
      let model = try Checkpoint<Float>(contentsOf: folder.file("run/model.safetensors")).model
      #expect(model.parameters == (try VariationalAutoencoder<Float>(model.configuration, seed: 4)).parameters)
      #expect(try folder.bytes("run/metrics.jsonl") == [])
    }
  }

  @Test func readsCompressedFolders() throws {
    try withTemporaryFolder { folder in
      try folder.write(gzip(idxImages(count: 50)), "train-images-idx3-ubyte.gz")
      try folder.write(gzip(idxImages(count: 10)), "t10k-images-idx3-ubyte.gz")
      let result = try folder.vae("train --data . --out run \(small)")
      #expect(result.output.contains("50 training and 10 test data of 36 values"))
    }
  }
}
