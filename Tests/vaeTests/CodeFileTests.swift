import Foundation
import TestSupport
import Testing
import VAECore

/// Codes and data as tables: what `vae` writes, other programs and `vae` itself read.
struct CodeFileTests {
  /// A folder with a run on a table of 60 people, in `people.csv`.
  private func withRun(_ options: String = "", _ body: (TemporaryFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let draws = Matrix<Float>.standardNormal(rows: 60, columns: 2, seed: 5)
      let rows = (0..<60).map { "\(1.7 + 0.1 * draws[$0, 0]),\(70 + 9 * draws[$0, 1])\n" }
      try folder.write("height,\"weight, kg\"\n" + rows.joined(), "people.csv")
      try folder.vae(
        "train --data people.csv --likelihood gaussian --standardize --hidden 6 --latent 2 --epochs 2 --out run \(options)"
      )
      try body(folder)
    }
  }

  private func lines(_ name: String, _ folder: TemporaryFolder) throws -> [String] {
    String(decoding: try folder.bytes(name), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private func numbers(_ line: String) -> [Float] { line.split(separator: ",").compactMap { Float($0) } }

  @Test func codesAsTables() throws {
    try withRun { folder in
      try folder.vae("encode run --data people.csv --out codes.csv --variance variances.csv --limit 5 --limit-seed 3")
      try folder.vae("encode run --data people.csv --out codes.npy --variance variances.npy --limit 5 --limit-seed 3")
      let positions = try Dataset(name: "", floats: (0..<60).map(Float.init), dataSize: 1)
        .subset(count: 5, seed: 3).rows(0..<5, as: Float.self).elements
      for (name, column) in [("codes", "mu"), ("variances", "log_variance")] {
        let lines = try lines(name + ".csv", folder)
        #expect(lines[0] == "datum,\(column)_1,\(column)_2" && lines.count == 6)
        #expect(lines.dropFirst().map { numbers($0)[0] } == positions)
        let matrix = try NPY.read(folder.file(name + ".npy"), as: Float.self)
        #expect(lines.dropFirst().flatMap { numbers($0).dropFirst() } == matrix.elements)
      }
    }
  }

  @Test func dataAsTables() throws {
    try withRun { folder in
      try folder.vae("encode run --data people.csv --out codes.csv")
      try folder.vae("encode run --data people.csv --out codes.npy")
      try folder.vae("decode run --codes codes.csv --out people.decoded.csv")
      try folder.vae("decode run --codes codes.npy --out decoded.npy")
      let lines = try lines("people.decoded.csv", folder)
      #expect(lines[0] == "height,\"weight, kg\"" && lines.count == 61)
      // Numbers that are not Float's, as they are restored in double precision, say the same in both.
      let decoded = try NPY.read(folder.file("decoded.npy"), as: Double.self)
      #expect(lines.dropFirst().flatMap { $0.split(separator: ",").compactMap { Double($0) } } == decoded.elements)
      #expect(decoded.elements.contains { Double(Float($0)) != $0 })
      // They are the model's data again.
      try folder.vae("score run --data people.decoded.csv --out scores.csv")
      // By name, in any order, whatever else there is.
      let codes = try self.lines("codes.csv", folder).map { $0.split(separator: ",").map(String.init) }
      try folder.write(
        codes.map { "\($0[2]),7,\($0[1])\n" }.joined().replacing("mu_2,7", with: "mu_2,note"), "turned.csv")
      try folder.vae("decode run --codes turned.csv --out turned.npy")
      #expect(try folder.bytes("turned.npy") == folder.bytes("decoded.npy"))
      // Without names in order.
      try folder.write(codes.dropFirst().map { "\($0[1]),\($0[2])\n" }.joined(), "bare.csv")
      try folder.vae("decode run --codes bare.csv --out bare.npy")
      #expect(try folder.bytes("bare.npy") == folder.bytes("decoded.npy"))
      try folder.write("datum,mu_1\n0,1\n", "one.csv")
      try folder.expectFailure(["decode", "run", "--codes", "one.csv", "--out", "x.csv"], ["one.csv", "mu_2"])
      try folder.write("1,2,3\n", "three.csv")
      try folder.expectFailure(
        ["decode", "run", "--codes", "three.csv", "--out", "x.csv"], ["three.csv", "3 columns"])
      try folder.write("mu_1,mu_2\n1,inf\n", "infinite.csv")
      try folder.expectFailure(
        ["decode", "run", "--codes", "infinite.csv", "--out", "x.csv"], ["infinite.csv", "mu_2", "inf"])
    }
  }

  @Test func columnsWithoutNames() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 20), "data")
      try folder.vae("train --data data --hidden 4 --latent 1 --epochs 1 --out run")
      try folder.vae("encode run --data data --out codes.csv")
      try folder.vae("decode run --codes codes.csv --out x.csv")
      let lines = try lines("x.csv", folder)
      #expect(lines[0] == (1...36).map { "x_\($0)" }.joined(separator: ",") && lines.count == 21)
    }
  }

  /// Which datum it is, is said by its place in its file, and what the number is, in plain letters.
  @Test func scoresAsTables() throws {
    try withRun { folder in
      func header(_ options: String) throws -> String {
        try folder.vae("score run --data people.csv --out scores.csv --limit 5 --limit-seed 3 \(options)")
        return try lines("scores.csv", folder)[0]
      }
      let positions = try Dataset(name: "", floats: (0..<60).map(Float.init), dataSize: 1)
        .subset(count: 5, seed: 3).rows(0..<5, as: Float.self).elements
      #expect(try header("") == "datum,neg_elbo")
      #expect(try lines("scores.csv", folder).dropFirst().map { numbers($0)[0] } == positions)
      #expect(try header("--importance-samples 3") == "datum,neg_log_likelihood")
      try folder.vae(
        "train --data people.csv --likelihood squared-error --hidden 4 --latent 2 --epochs 1 --out run --overwrite")
      #expect(try header("") == "datum,squared_error_and_kl")
    }
  }

  /// A datum of a part is named by its place in the file.
  @Test func messagesNamePositionsInTheFile() throws {
    try withRun { folder in
      let place = folder.file("run/model.safetensors")
      var model = try Checkpoint<Float>(contentsOf: place).model
      for name in model.parameters.names { model.parameters[name] = model.parameters[name].map { $0 * 1e30 } }
      try Checkpoint(model: model).write(to: folder.file("overflowing"))
      let first = try Dataset(name: "", floats: (0..<60).map(Float.init), dataSize: 1)
        .subset(count: 5, seed: 3).rows(0..<1, as: Float.self).elements[0]
      try folder.expectFailure(
        "evaluate overflowing --data people.csv --limit 5 --limit-seed 3".split(separator: " ").map(String.init),
        ["datum \(Int(first)) ", "not finite", "people.csv"])
    }
  }

  /// A coordinate in metres, which single precision holds to half a metre: restored, it lies where the data lie, to
  /// the digit.
  @Test func restoredFarFromZero() throws {
    try withTemporaryFolder { folder in
      let draws = Matrix<Double>.standardNormal(rows: 200, columns: 1, seed: 4).elements
      let north = draws.map { 5_412_345.6 + 0.3 * $0 }
      try folder.write("north,east\n" + north.map { "\($0),\(-$0)\n" }.joined(), "utm.csv")
      try folder.vae(
        "train --data utm.csv --likelihood gaussian --standardize --hidden 4 --latent 1 --epochs 60 --batch-size 20 "
          + "--learning-rate 0.02 --out run")
      try folder.vae("encode run --data utm.csv --out codes.npy")
      try folder.vae("decode run --codes codes.npy --out x.npy")
      let restored = try NPY.read(folder.file("x.npy"), as: Double.self)
      #expect(Set(restored.elements).count > 300)
      let errors = north.indices.map { abs(restored[$0, 0] - north[$0]) }
      #expect(errors.reduce(0, +) / 200 < 0.1, "\(errors.reduce(0, +) / 200)")
    }
  }

  /// So is the mean that stands for a missing value.
  @Test func missingFarFromZero() throws {
    try withTemporaryFolder { folder in
      let rows = (0..<50).map { "\(5_412_345.3 + 0.1 * Double($0 % 3)),\($0)\n" }
      try folder.write("north,east\n" + rows.joined() + ",7\n", "utm.csv")
      let means = rows.map { Double($0.split(separator: ",")[0])! }.reduce(0, +) / 50
      try folder.vae(
        "train --data utm.csv --missing mean --likelihood gaussian --standardize --hidden 4 --latent 1 --epochs 1 --out run"
      )
      let model = try Checkpoint<Float>(contentsOf: folder.file("run/model.safetensors")).model
      let mean = try #require(model.substitutes?.first)
      #expect(abs(mean - means) < 1e-6, "\(mean), not \(means)")
      // A row that lacks everything is none.
      try folder.write("north,east\n5412345.3,3\n,\n", "rows.csv")
      try folder.expectFailure(
        ["score", "run", "--data", "rows.csv", "--out", "x.npy"], ["rows.csv, line 3", "every value is missing"])
      try folder.vae("score run --data rows.csv --missing zero --out zero.npy")
    }
  }
}
