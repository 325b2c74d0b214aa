import Foundation
import TestSupport
import Testing
import VAECore

/// The lines of metrics.jsonl.
struct MetricsLogTests {
  @Test func haveALinePerEpoch() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 50), "train-images")
      try folder.write(idxImages(count: 20), "t10k-images")
      try folder.vae("train --data . --out run --hidden 8 --latent 2 --epochs 3 --batch-size 20 --beta 2")
      let lines = String(decoding: try folder.bytes("run/metrics.jsonl"), as: UTF8.self).split(separator: "\n")
      #expect(lines.count == 3)
      for (index, line) in lines.enumerated() {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(
          Set(object.keys) == [
            "epoch", "step", "train", "test", "learning_rate", "bounded_log_variances", "seconds", "data_per_second",
          ])
        #expect(object["learning_rate"] as? Double == 0.001 && object["bounded_log_variances"] as? Int == 0)
        #expect(object["epoch"] as? Int == index + 1 && object["step"] as? Int == 3 * (index + 1))
        for part in ["train", "test"] {
          let loss = try #require(object[part] as? [String: Double])
          #expect(Set(loss.keys) == ["loss", "reconstruction", "kl"])
          #expect(abs(loss["loss"]! - loss["reconstruction"]! - 2 * loss["kl"]!) < 1e-9 * loss["loss"]!)
        }
      }
    }
  }

  @Test func tellRateAndClipping() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 50), "data")
      try folder.vae(
        "train --data data --out run --hidden 8 --latent 2 --epochs 3 --batch-size 25 --schedule step "
          + "--schedule-epochs 1 --clip-norm 0.001 --activation silu --gated --output-bias data")
      let lines = String(decoding: try folder.bytes("run/metrics.jsonl"), as: UTF8.self).split(separator: "\n")
      for (index, line) in lines.enumerated() {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(abs((object["learning_rate"] as? Double ?? 0) / (0.001 * pow(0.1, Double(index))) - 1) < 1e-12)
        #expect(object["clipped_steps"] as? Int == 2)
      }
      let checkpoint = try Checkpoint<Float>(contentsOf: folder.file("run/model.safetensors"))
      #expect(checkpoint.model.parameters.names.contains("decoder.0.gate.weight"))
      #expect(checkpoint.training?.outputBias == .data && checkpoint.training?.clipNorm == 0.001)
      // The gates can be taken back, and all else that belongs to a choice goes with it.
      try folder.vae("train --config run/config.json --out plain --epochs 0 --no-gated --schedule constant")
      let plain = try Checkpoint<Float>(contentsOf: folder.file("plain/model.safetensors"))
      #expect(
        plain.model.parameters.names
          == ["encoder.0", "mean", "logvar", "decoder.0", "output"].flatMap {
            [$0 + ".weight", $0 + ".bias"]
          })
      try folder.vae("verify --model run")
      try folder.vae("explain --model run --tensor encoder.0.gate.weight --index 1,2 --html page.html")
    }
  }
}
