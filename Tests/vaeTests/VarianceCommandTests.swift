import Foundation
import TestSupport
import Testing

/// `vae variance` and `vae variance train`.
struct VarianceCommandTests {
  @Test func theQuestionsNetwork() throws {
    try withTemporaryFolder { folder in
      let call = "variance --batch-sizes 5,50 --sample-counts 1,4 --draws 50 --pairs 20"
      let text = try folder.vae("\(call) --plot plot.svg").output
      #expect(text.contains("V_x from the data") && text.contains("Best for 1 s: M = "))
      #expect(String(decoding: try folder.bytes("plot.svg"), as: UTF8.self).contains("L = 4, M = 5, 50"))
      let object = try folder.vae("\(call) --json --budget 1e-9").json()
      #expect(object["best"] == nil)
      let points = try #require(object["points"] as? [[String: Any]])
      #expect(points.map { $0["batch_size"] as? Int } == [5, 5, 50, 50])
      #expect(points.map { $0["samples"] as? Int } == [1, 4, 1, 4])
      #expect(points.allSatisfy { $0["seconds_per_step"] as! Double > 0 })
      // All but the times are determined by the seed.
      let again = try folder.vae("\(call) --json").json()
      #expect(again["split"] as? NSDictionary == object["split"] as? NSDictionary)
      let tensors = try #require((object["split"] as? [String: Any])?["tensors"] as? [[String: Any]])
      #expect(tensors.count == 10)
    }
  }

  @Test func aModelNeedsItsData() throws {
    try withTemporaryFolder { folder in
      try folder.vae("train --data synthetic --out run --hidden 5 --latent 2 --epochs 0")
      let options = "--batch-sizes 2 --sample-counts 3 --draws 3 --pairs 2"
      #expect(try folder.vae("variance --model run \(options)").output.contains("synthetic"))
      try FileManager.default.copyItem(atPath: folder.file("run/model.safetensors"), toPath: folder.file("alone"))
      try folder.expectFailure(["variance", "--model", "alone"], ["--data", "alone"])
      try folder.expectFailure(["variance", "--batch-sizes", "0"], ["--batch-sizes"])
      try folder.expectFailure(["variance", "--pairs", "1"], ["--pairs"])
      try folder.expectFailure(["variance", "--budget", "0"], ["--budget"])
    }
  }

  @Test func trainsFromTheSameStart() throws {
    try withTemporaryFolder { folder in
      let call = "variance train --data synthetic --hidden 8 --latent 2 --steps 20 --seconds 0.05 --runs 10x1,5x2"
      let text = try folder.vae("\(call) --plot time.svg --plot-steps steps.svg").output
      #expect(text.contains("after 20 steps") && text.contains("after 0.05 s"))
      #expect(String(decoding: try folder.bytes("steps.svg"), as: UTF8.self).contains("M = 5, L = 2"))
      _ = try folder.bytes("time.svg")
      let result = try folder.vae("\(call) --json").output
      let curves = try #require(try JSONSerialization.jsonObject(with: Data(result.utf8)) as? [[String: Any]])
      #expect(curves.map { $0["batch_size"] as? Int } == [10, 5])
      for curve in curves {
        #expect((curve["after_steps"] as? [String: Any])?["step"] as? Int == 20)
        #expect((curve["after_seconds"] as? [String: Any])?["seconds"] as! Double >= 0.05)
        let steps = (curve["points"] as! [[String: Any]]).map { $0["step"] as! Int }
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 })
      }
      // Where the first step takes longer than all of the time, there is one point for it, and one for the steps.
      let slow = try folder.vae("\(call) --json --seconds 1e-9").output
      let points = try #require(try JSONSerialization.jsonObject(with: Data(slow.utf8)) as? [[String: Any]])
        .map { ($0["points"] as! [[String: Any]]).map { $0["step"] as! Int } }
      #expect(points == [[1, 16, 20], [1, 16, 20]])
      try folder.expectFailure(["variance", "train", "--data", "synthetic", "--samples", "2"], ["--runs"])
      try folder.expectFailure(["variance", "train", "--data", "synthetic", "--runs", "10"], ["--runs"])
      try folder.expectFailure(
        ["variance", "train", "--data", "synthetic", "--runs", "5x1,10001x1"], ["10001", "10000", "--runs"])
      try folder.expectFailure(["variance", "train"], ["--data"])
    }
  }

  /// A run's own objective is measured, by its name; what couples samples or data is not split.
  @Test(arguments: [
    ("--bound iwae --samples 3", "importance-weighted bound", false), ("--free-bits 0.2", "at least 0.2", false),
    ("--latent-gradient stl --beta 2", "reconstruction + 2.0·KL, stl gradient", true),
    ("", "reconstruction + KL", true),
  ])
  func theRunsObjective(options: String, name: String, isSplit: Bool) throws {
    try withTemporaryFolder { folder in
      try folder.vae("train --data synthetic --out run --hidden 5 --latent 2 --epochs 0 \(options)")
      let call = "variance --model run --batch-sizes 2 --sample-counts 1,3 --draws 3 --pairs 2"
      let text = try folder.vae(call).output
      #expect(text.contains(name) && text.contains("V_x from the data") == isSplit)
      #expect(text.contains("Best for") == isSplit && text.contains("couples") == !isSplit)
      let object = try folder.vae("\(call) --json").json()
      #expect((object["objective"] as? String)?.contains(name) == true)
      #expect((object["split"] != nil) == isSplit && (object["squared_norm"] != nil) == isSplit)
      let points = try #require(object["points"] as? [[String: Any]])
      #expect(points.allSatisfy { ($0["predicted"] != nil) == isSplit && $0["measured"] != nil })
      // Another one is asked for by its weight.
      #expect(try folder.vae("\(call) --beta 4").output.contains("run on synthetic, reconstruction + 4.0·KL\n"))
    }
  }

  /// What runs of different L are compared by is the same for all, and its name says what it is.
  @Test func comparesByOneBound() throws {
    try withTemporaryFolder { folder in
      let call = "variance train --data synthetic --hidden 8 --latent 2 --steps 3 --seconds 1e-9 --runs 10x1,5x4,10x1"
      let text = try folder.vae("\(call) --bound iwae").output
      #expect(text.contains("test −IWAE (K = 4) after 3 steps"))
      func curves(_ bound: String) throws -> [[String: Any]] {
        let result = try folder.vae("\(call) --bound \(bound) --learning-rate 0 --json").output
        return try #require(try JSONSerialization.jsonObject(with: Data(result.utf8)) as? [[String: Any]])
      }
      func losses(_ curves: [[String: Any]]) -> [Double] {
        curves.map { ($0["after_steps"] as! [String: Any])["loss"] as! Double }
      }
      let iwae = try curves("iwae")
      #expect(iwae.map { $0["loss_name"] as? String } == Array(repeating: "test −IWAE (K = 4)", count: 3))
      // Without training they are the same model, and the same figure.
      #expect(Set(losses(iwae)).count == 1)
      #expect(try losses(iwae)[0] < losses(curves("elbo"))[0] - 0.01)
      #expect(try folder.vae(call).output.contains("test −ELBO after 3 steps"))
    }
  }
}
