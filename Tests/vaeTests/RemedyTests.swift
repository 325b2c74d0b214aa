import Foundation
import TestSupport
import Testing
import VAECore

/// The library says what is wrong and what can be done; what to type for it is the tool's to say.
struct RemedyTests {
  @Test func toldByTheTool() throws {
    try withTemporaryFolder { folder in
      mkdir(folder.file("data"), 0o700)
      try folder.write("a,b\n1,2\n3,4\n5,1\n2,2\n", "table.csv")
      try folder.write((0..<4).map { "\($0 % 2)\n" }.joined(), "labels.csv")
      func expect(_ call: String, _ words: [String]) throws {
        try folder.expectFailure(call.split(separator: " ").map(String.init), words)
      }
      try expect(
        "train --data table.csv --likelihood gaussian --condition labels.csv --validation table.csv --out run",
        ["(--validation-condition FILE)"])
      try folder.write("a,b,c\n1,,x\n3,4,y\n", "gaps.csv")
      let gaussian = "--likelihood gaussian --out run"
      try expect(
        "train --data gaps.csv --drop-columns c \(gaussian)",
        ["gaps.csv, line 2, column 2 (b)", "(--missing model, mean, or zero)."])
      try expect("train --data gaps.csv --missing zero \(gaussian)", ["column 3 (c)", "(--likelihood, or --columns)."])
      try expect(
        "train --data gaps.csv --schema none --missing zero \(gaussian)", ["(--drop-columns 3, or --categories 3)."])
      try folder.write("1;x;3\n4;5;6\n7;8;9\n7;8;9\n", "mixed.csv")
      try expect("train --data mixed.csv \(gaussian)", ["first row", "(--header yes, or no)."])
      try folder.write("a;b\n1,500;2,250\n3,125;4,750\n", "marks.csv")
      try expect("train --data marks.csv \(gaussian)", ["thousands", "(--decimal point, or comma)."])
      try folder.vae(
        "train --data marks.csv --decimal comma --separator semicolon --hidden 4 --latent 2 --epochs 1 \(gaussian)")
      try folder.vae("score run --data marks.csv --out scores.csv")
      try folder.vae("train --resume run --epochs 2")
      try expect("data synthesize --count 5 --size 3 --pattern images --out x.npy", ["side"])
    }
  }

  /// Columns whose scales lie far from 1 make the training diverge; a smaller rate is no help.
  @Test func divergenceOfDataThatAreNotStandardized() throws {
    try withTemporaryFolder { folder in
      let draws = Matrix<Float>.standardNormal(rows: 60, columns: 3, seed: 3)
      let rows = (0..<60).map { "\(draws[$0, 0]),\(1e12 * draws[$0, 1]),\(1e-13 * draws[$0, 2])\n" }
      try folder.write("a,b,c\n" + rows.joined(), "scale.csv")
      let call = "train --data scale.csv --likelihood gaussian --variance learned --hidden 8 --latent 2 --epochs 50"
      let result = try Tool.run((call + " --out run").split(separator: " ").map(String.init), in: folder)
      #expect(result.status == 1)
      expectMessage(result.errors, ["no longer finite", "tandardise", "(--standardize)"], call, #_sourceLocation)
      #expect(!result.errors.contains("learning rate"))
      try folder.vae(call + " --out standardized --standardize")
    }
  }

  @Test func binarizationIsOfGreyValues() throws {
    try withTemporaryFolder { folder in
      let draws = Matrix<Float>.standardNormal(rows: 60, columns: 2, seed: 5)
      let rows = (0..<60).map { "\(170 + 8 * draws[$0, 0]),\(70 + 9 * draws[$0, 1])\n" }
      try folder.write("height,weight\n" + rows.joined(), "people.csv")
      try folder.write("a,b\n" + (0..<60).map { "\(Float($0) / 60),0.5\n" }.joined(), "grey.csv")
      let small = "--hidden 4 --latent 2 --epochs 1 --out run"
      func expect(_ call: String, _ words: [String]) throws {
        try folder.expectFailure(call.split(separator: " ").map(String.init), words)
      }
      for likelihood in ["gaussian", "laplace"] {
        try expect(
          "train --data people.csv --likelihood \(likelihood) --binarize threshold \(small)", ["inari", "threshold"])
        try expect(
          "train --data grey.csv --likelihood \(likelihood) --binarize dynamic \(small)", ["inari", "dynamic"])
      }
      try expect(
        "train --data people.csv --likelihood squared-error --binarize dynamic \(small)", ["people.csv", "from 0 to 1"])
      try expect(
        "train --data grey.csv --likelihood squared-error --standardize --binarize dynamic \(small)",
        ["tandardis", "inari"])
      try folder.vae("train --data people.csv --likelihood gaussian \(small)")
      for command in ["evaluate run", "score run --out s.csv"] {
        try expect("\(command) --data people.csv --binarize threshold", ["gaussian", "inari"])
      }
      try folder.vae("train --data people.csv --likelihood squared-error \(small) --overwrite")
      try expect("evaluate run --data people.csv --binarize threshold", ["people.csv", "from 0 to 1"])
      try folder.vae("train --data grey.csv --likelihood squared-error --binarize threshold \(small) --overwrite")
      try folder.vae("evaluate run --data grey.csv --binarize dynamic")
    }
  }

  @Test func infiniteValuesAreNotMissing() throws {
    try withTemporaryFolder { folder in
      try folder.write("a,b,c\n1,inf,\n3,2,-inf\n,4,inf\n", "inf.csv")
      let object = try folder.vae("data inspect inf.csv --json").json()
      let columns = try #require(object["columns"] as? [[String: Any]])
      #expect(columns.map { $0["infinite"] as? Int } == [0, 1, 2])
      #expect(columns.map { $0["missing"] as? Int } == [1, 0, 1])
      #expect(columns.map { $0["count"] as? Int } == [2, 3, 2])
      #expect(columns[1]["maximum"] as? String == "inf" && columns[1]["minimum"] as? Double == 2)
      #expect(columns[2]["minimum"] as? String == "-inf" && columns[2]["maximum"] as? String == "inf")
      #expect(columns[1]["mean"] as? Double == 3 && columns[1]["deviation"] as? Double == 1)
      #expect(columns[2]["mean"] == nil)
      #expect((object["all"] as? [String: Any])?["infinite"] as? Int == 3)
      let rows = try #require(object["first_rows"] as? [[Any]])
      #expect(rows[0][1] as? String == "inf" && rows[0][2] is NSNull && rows[1][2] as? String == "-inf")
      let text = try folder.vae("data inspect inf.csv").output
      #expect(text.contains("infinite") && text.contains(" inf ") && text.contains("-inf"))
    }
  }
}
