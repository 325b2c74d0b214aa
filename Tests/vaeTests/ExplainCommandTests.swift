import Foundation
import TestSupport
import Testing
import VAECore

/// `vae explain` and `vae verify`: the chain rule on a terminal, as JSON and as a page, and the proof.
struct ExplainCommandTests {
  /// A folder with a small run.
  private func withRun(_ body: (TemporaryFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: true)
      try folder.write(idxImages(count: 30), "data/train-images")
      try folder.write(idxImages(count: 12), "data/t10k-images")
      try folder.vae("train --data data --out run --hidden 20 --latent 3 --epochs 1")
      try body(folder)
    }
  }

  private func gradient(_ result: Tool.Result) throws -> [String: Double] {
    try #require(try result.json()["gradient"] as? [String: Double])
  }

  private func expectAgreement(_ gradient: [String: Double]) {
    let value = gradient["back_propagation"]!
    #expect(abs(gradient["sum_over_paths"]! - value) <= 1e-10 * abs(value))
    #expect(abs(gradient["mean_over_samples"]! - value) <= 1e-10 * abs(value))
    #expect(abs(gradient["central_difference"]! - value) <= 1e-6 * gradient["scale"]!)
  }

  /// Columns are the model's, by name, whatever order they are in.
  @Test func columnsAreTheModels() throws {
    try withTemporaryFolder { folder in
      let draws = Matrix<Float>.standardNormal(rows: 20, columns: 2, seed: 1)
      try folder.write("a,b\n" + (0..<20).map { "\(draws[$0, 0]),\(9 + draws[$0, 1])\n" }.joined(), "x.csv")
      try folder.write("b,a\n" + (0..<20).map { "\(9 + draws[$0, 1]),\(draws[$0, 0])\n" }.joined(), "turned.csv")
      try folder.vae("train --data x.csv --likelihood gaussian --hidden 4 --latent 2 --epochs 1 --out run")
      let outputs = try ["x", "turned"].map {
        try folder.vae("explain --model run --data \($0).csv --tensor mean.weight --index 0,1 --datum 3 --json").output
      }
      #expect(outputs[0] == outputs[1])
    }
  }

  /// What problem it answers, in the question's own words.
  @Test func theQuestionsWeight() throws {
    try withTemporaryFolder { folder in
      let text = try folder.vae("explain --weight w16 --samples 2").output
      #expect(text.contains("∂E/∂OA1 · ∂OA1/∂O1 · ∂O1/∂HA4 · ∂HA4/∂H4 · [∂H4/∂z · ∂z/∂μ · ∂μ/∂w16]"))
      #expect(text.contains("the weight from HA1 to μ") && text.contains("Sample 2: ε = "))
      #expect(text.components(separatedBy: "∂z/∂μ").count == 1 + 2 * 12)
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
      for name in ["option 1", "option 2", "sum over all paths", "central difference"] { #expect(text.contains(name)) }
      expectAgreement(try gradient(folder.vae("explain --json")))
    }
  }

  @Test(arguments: [
    "w1 --error elbo", "w13 --error squared --activation sigmoid", "w20 --error elbo --samples 7", "w45",
  ])
  func otherWeights(options: String) throws {
    try withTemporaryFolder { folder in
      let text = try folder.vae("explain --weight \(options)").output
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(text)")
      #expect(!text.split(separator: "\n").contains { $0.hasSuffix(" ") })
      expectAgreement(try gradient(folder.vae("explain --weight \(options) --json")))
    }
  }

  /// What is too long for a line goes on with the bracket.
  @Test func longPathsBreakAtTheLatentVariable() throws {
    try withTemporaryFolder { folder in
      let text = try folder.vae("explain --weight w1").output
      #expect(text.contains("∂HA4/∂H4 ·\n") && text.contains("\n    [∂H4/∂z"))
    }
  }

  @Test func aTrainedModel() throws {
    try withRun { folder in
      let call = "explain --model run/model.safetensors --tensor encoder.0.weight --index 3,17 --datum 5"
      // The data are those that the run's configuration names.
      let result = try folder.vae("\(call) --json")
      expectAgreement(try gradient(result))
      let samples = try #require(try result.json()["samples"] as? [[String: Any]])
      let paths = try #require(samples[0]["paths"] as? [String: Any])
      #expect(paths["count"] as? Double == 2 * 3 * 20 * 36 && (paths["paths"] as? [Any])?.count == 4)
      let text = try folder.vae(call).output
      #expect(text.contains("4320 paths, the 4 largest of them") && text.contains("the other"))
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 && !$0.hasSuffix(" ") })
      // Every layer's sum is the same.
      let layers = try #require(try result.json()["layers"] as? [[String: Any]])
      let totals = layers.map { $0["total"] as! Double }
      #expect(totals.count == 5 && totals.allSatisfy { abs($0 - totals[0]) <= 1e-12 * abs(totals[0]) })
      // Another datum is another gradient, and so is one that is given by hand.
      let other = try gradient(folder.vae("\(call.replacing("--datum 5", with: "--datum 6")) --json"))
      #expect(other["back_propagation"] != (try gradient(result))["back_propagation"])
    }
  }

  /// An objective without such paths is refused by its name; another one is looked into where it is asked for.
  @Test(arguments: [
    ("--bound iwae --samples 3", "importance-weighted"), ("--latent-gradient stl", "stl"), ("--free-bits 1", "1.0"),
  ])
  func objectivesWithoutPaths(options: String, name: String) throws {
    try withTemporaryFolder { folder in
      try folder.vae("train --data synthetic --out run --hidden 5 --latent 2 --epochs 0 \(options)")
      let call = "explain --model run --weight w1"
      try folder.expectFailure(call.split(separator: " ").map(String.init), [name, "--beta 1"])
      #expect(try folder.vae("\(call) --beta 1").output.contains("Loss: the mean of E over n = 2 samples + KL"))
      try folder.vae("verify --model run --quotients 3")
    }
  }

  /// Where the data that a model was trained on are no longer there, all that needs none goes on.
  @Test func aModelWithoutItsData() throws {
    try withRun { folder in
      try FileManager.default.moveItem(atPath: folder.file("data"), toPath: folder.file("moved"))
      let x = (0..<36).map { String(Double($0) / 36) }.joined(separator: ",")
      expectAgreement(try gradient(folder.vae("explain --model run --weight w1 --x \(x) --json")))
      #expect(try folder.vae("verify --model run").output.contains("random data"))
      #expect(try folder.vae("verify --model run --data moved").output.contains("moved/t10k-images"))
      let names = ["There is no data", "run/config.json", "--data"]
      try folder.expectFailure(["explain", "--model", "run", "--weight", "w1"], names)
      try folder.expectFailure(["variance", "--model", "run"], names)
      try folder.expectFailure(["verify", "--model", "run", "--data", "data"], ["There is no data"])
    }
  }

  @Test func aConfiguration() throws {
    try withTemporaryFolder { folder in
      try folder.write(#"{"data_size": 3, "hidden": [4, 2], "latent": 2, "likelihood": "gaussian"}"#, "config.json")
      expectAgreement(
        try gradient(folder.vae("explain --config config.json --weight w1 --x 0.1,0.5,-2 --json")))
      try folder.vae("verify --config config.json")
      let narrow = ["explain", "--config", "config.json", "--weight", "w1"]
      try folder.expectFailure(narrow, ["--data"])
      try folder.expectFailure(narrow + ["--data", "synthetic"], ["data_size 3", "256"])
    }
  }

  @Test func badInput() throws {
    try withRun { folder in
      let model = ["explain", "--model", "run"]
      try folder.expectFailure(["explain", "--weight", "w46"], ["w46", "w1 to w45", "mean.weight"])
      try folder.expectFailure(model, ["--weight", "--tensor"])
      try folder.expectFailure(model + ["--weight", "w0"], ["w0", "encoder.0.weight"])
      try folder.expectFailure(
        model + ["--tensor", "encoder.9.weight", "--index", "0,0"], ["encoder.9.weight", "output.bias"])
      try folder.expectFailure(model + ["--tensor", "mean.weight", "--index", "3,0"], ["[3, 0]", "0…2, 0…19"])
      try folder.expectFailure(model + ["--tensor", "mean.weight"], ["--index"])
      try folder.expectFailure(model + ["--weight", "w1", "--datum", "12"], ["datum 12", "has 12"])
      try folder.expectFailure(model + ["--weight", "w1", "--datum", "-1"], ["datum"])
      try folder.expectFailure(model + ["--weight", "w1", "--x", "1,2"], ["2 numbers", "36"])
      try folder.expectFailure(model + ["--weight", "w1", "--data", "synthetic"], ["256", "36"])
      try folder.expectFailure(["explain", "--x", "1,0,2,0", "--error", "elbo"], ["2.0", "from 0 to 1"])
      try folder.expectFailure(["explain", "--x", "1,0,nan,0"], ["--x"])
      try folder.expectFailure(["explain", "--samples", "0"], ["--samples"])
      try folder.expectFailure(["explain", "--datum", "3"], ["--x"])
      try folder.expectFailure(["explain", "--model", "run", "--error", "elbo", "--weight", "w1"], ["--error"])
      try folder.expectFailure(["explain", "--html", "nowhere/page.html"], ["nowhere"])
    }
  }

  @Test func verifies() throws {
    try withRun { folder in
      let text = try folder.vae("verify --model run").output
      #expect(text.contains("All gradients are right") && text.contains("encoder.0.weight") && !text.contains("WRONG"))
      let object = try folder.vae("verify --json").json()
      #expect(object["is_right"] as? Bool == true)
      let results = try #require(object["results"] as? [[String: Any]])
      #expect(results.count == Objective.examples.count)
      #expect(results.allSatisfy { ($0["tensors"] as? [Any])?.count == 10 })
      try folder.vae("verify --error elbo --activation relu --beta 0.3")
    }
  }

  /// A model at a point without a derivative is not called right.
  @Test func failsWhereGradientsDisagree() throws {
    try withTemporaryFolder { folder in
      // All pre-activations are at ReLU's kink.
      var model = try VariationalAutoencoder<Float>(
        ModelConfiguration(dataSize: 36, encoderHidden: [20], latentSize: 3, activation: .relu), seed: 1)
      for name in model.parameters.names where name.hasPrefix("encoder.0") {
        model.parameters[name] = model.parameters[name].map { _ in 0 }
      }
      try Checkpoint(model: model).write(to: folder.file("kinks"))
      let result = try Tool.run(["verify", "--model", "kinks"], in: folder)
      #expect(result.exited && result.status == 1)
      #expect(
        result.output.contains("no quotient settles") && result.output.contains("random data")
          && result.output.contains("Some gradients could not be compared"))
    }
  }
}
