import Foundation
import TestSupport
import Testing
import VAECore

/// What a run took its data for is said, kept with its model, and asked of all data that the model meets.
struct DataKnowledgeTests {
  private static let settings = "--likelihood gaussian --standardize --hidden 4 --latent 1 --epochs 2 --batch-size 10"

  private func table(_ columns: [String], count: Int = 40) -> String {
    let values: [String: (Int) -> Double] = [
      "height": { 150 + Double($0 * 7 % 50) }, "weight": { 50 + Double($0 * 11 % 40) }, "age": { 18 + Double($0) },
      "note": { Double($0) },
    ]
    let rows = (0..<count).map { row in columns.map { "\(values[$0]!(row))" }.joined(separator: ",") }
    return ([columns.joined(separator: ",")] + rows).joined(separator: "\n") + "\n"
  }

  @Test func columnsAreMatchedByName() throws {
    try withTemporaryFolder { folder in
      try folder.write(table(["height", "weight", "age"]), "people.csv")
      try folder.write(table(["note", "age", "height", "weight"]), "others.csv")
      try folder.write(table(["age", "height"]), "few.csv")
      let lines = try folder.vae("train --data people.csv \(Self.settings) --out run").output
      for words in [
        "train       people.csv (CSV or TSV): 40 data of 3 values", "commas, decimal points, a row of names",
        "height, weight, age", "values      numbers",
      ] { #expect(lines.contains(words), "\(lines)") }
      let inspected = try folder.vae("inspect run").output
      #expect(inspected.contains("columns     height, weight, age"), "\(inspected)")
      let expected = try folder.vae("evaluate run --data people.csv --json").output
      #expect(try folder.vae("evaluate run --data others.csv --json").output == expected)
      for command in ["score run --out", "encode run --out"] {
        try folder.vae("\(command) a.npy --data people.csv")
        try folder.vae("\(command) b.npy --data others.csv")
        #expect(try folder.bytes("a.npy") == folder.bytes("b.npy"), "\(command)")
      }
      try folder.expectFailure(
        ["evaluate", "run", "--data", "few.csv"], ["few.csv", "no column \"weight\"", "age, height"])
      // Of a run's other sets, too.
      let validated = "train --data people.csv \(Self.settings) --epochs 1 --out"
      let first = try folder.vae("\(validated) v1 --validation people.csv").output
      let second = try folder.vae("\(validated) v2 --validation others.csv").output
      func losses(_ text: String) -> [Substring] {
        text.split(separator: "\n").filter { $0.contains("Validation −ELBO") }
      }
      #expect(losses(first).count == 1 && losses(first) == losses(second))
      #expect(try folder.bytes("v1/best.safetensors") == folder.bytes("v2/best.safetensors"))
    }
  }

  @Test func aColumnThatIsLeftOutNeedNotBeThere() throws {
    try withTemporaryFolder { folder in
      try folder.write(table(["age", "height", "weight"]), "train.csv")
      try folder.write(table(["height", "weight"]), "test.csv")
      try folder.vae("train --data train.csv --drop-columns age \(Self.settings) --out run")
      try folder.vae("score run --data test.csv --out scores.npy")
      try folder.vae("score run --data train.csv --out same.npy")
      #expect(try folder.bytes("scores.npy") == folder.bytes("same.npy"))
    }
  }

  @Test func eachSetBringsItsCondition() throws {
    try withTemporaryFolder { folder in
      try NPY.write(Matrix<Float>(rows: 30, columns: 2), to: folder.file("x.npy"))
      try NPY.write((0..<30).map { Float($0 % 3) }, to: folder.file("labels.npy"))
      try NPY.write(Matrix<Float>(rows: 6, columns: 2), to: folder.file("v.npy"))
      try NPY.write((0..<6).map { Float($0 % 2) }, to: folder.file("others.npy"))
      let train =
        "train --data x.npy --condition labels.npy --validation v.npy --hidden 4 --latent 1 --epochs 1 --out run"
      try folder.expectFailure(
        train.split(separator: " ").map(String.init), ["labels.npy", "v.npy", "condition"])
      let lines = try folder.vae("\(train) --validation-condition others.npy").output
      #expect(lines.contains("condition   labels.npy: labels, classes 0 to 2"), "\(lines)")
      #expect(lines.contains("validation  v.npy (NPY): 6 data of 2 values"), "\(lines)")
      // It goes on so, too.
      try folder.vae("train --resume run --epochs 2")
    }
  }

  @Test func classesNeedNotBeginAtZero() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 12), "train-images-idx3-ubyte")
      try folder.write(
        idxFile(dimensions: [12], elements: (0..<12).map { UInt8([2, 5, 9][$0 % 3]) }), "train-labels-idx1-ubyte")
      try FileManager.default.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: true)
      for name in ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"] {
        try FileManager.default.moveItem(atPath: folder.file(name), toPath: folder.file("data/\(name)"))
      }
      try folder.vae("train --data data --condition labels --hidden 4 --latent 1 --epochs 1 --out run")
      let model = try Checkpoint<Float>(contentsOf: folder.file("run/model.safetensors")).model
      #expect(model.configuration.conditionSize == 3 && model.schema?.classes == [2, 5, 9])
      #expect(try folder.vae("inspect run").output.contains("labels      classes 2, 5, 9"))
      try folder.vae("sample run --label 9 --out nine.png")
      try folder.expectFailure(["sample", "run", "--label", "0", "--out", "none.png"], ["label 0", "2, 5, 9"])
    }
  }

  /// Bytes are what they were in training; where nobody can tell, one is asked.
  @Test func storedNumbersStandForWhatTheyDid() throws {
    try withTemporaryFolder { folder in
      let pixels: [Int] = (0..<80).map { ($0 / 4 * 37 + $0 % 4 * 91) % 256 }
      let rows: [String] = (0..<20).map { row in pixels[4 * row..<4 * row + 4].map(String.init).joined(separator: ",") }
      try folder.write(rows.joined(separator: "\n") + "\n", "pixels.csv")
      let train = "train --data pixels.csv --hidden 4 --latent 1 --epochs 1 --out run"
      try folder.expectFailure(
        train.split(separator: " ").map(String.init), ["pixels.csv, line 1, column 2", "0 to 1"])
      let lines = try folder.vae("\(train) --white-level 255").output
      #expect(lines.contains("values      grey levels from 0 to 255"), "\(lines)")
      try folder.vae("score run --data pixels.csv --out a.npy")
      let scaled = pixels.map { Float($0) / 255 }
      try NPY.write(Matrix<Float>(rows: 20, columns: 4, elements: scaled), to: folder.file("unit.npy"))
      try folder.vae("score run --data unit.npy --out b.npy")
      #expect(try folder.bytes("a.npy") == folder.bytes("b.npy"))
      try folder.expectFailure(
        ["score", "run", "--data", "pixels.csv", "--white-level", "none", "--out", "c.npy"], ["pixels.csv", "0 to 1"])
      try folder.expectFailure(
        ["score", "run", "--data", "pixels.csv", "--white-level", "0", "--out", "c.npy"],
        ["--white-level", "'0'", "whole number from 1 on"])
    }
  }
}
