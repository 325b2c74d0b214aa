import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// A checkpoint is opened by Python's safetensors, an independent reader.
struct PythonTests {
  private static let python = Python(with: "safetensors", "numpy")
  private static let scikitLearn = Python(with: "sklearn")

  @Test(.enabled(if: python != nil, "needs a Python with safetensors and numpy; set VAE_PYTHON to one"))
  func safetensorsOpensACheckpoint() throws {
    try withTemporaryFolder { folder in
      let training = try Tool.run(
        ["train", "--data", "synthetic", "--hidden", "9", "--latent", "3", "--epochs", "1", "--out", "run"], in: folder)
      #expect(training.status == 0, "\(training.errors)")
      let program = """
        import json
        from safetensors import safe_open
        with safe_open("\(folder.file("run"))/model.safetensors", "np") as file:
          assert json.loads(file.metadata()["configuration"])["hidden"] == [9]
          print(sorted((name, *file.get_tensor(name).shape, str(file.get_tensor(name).dtype)) for name in file.keys()))
        """
      let result = try #require(Self.python).run(["-c", program])
      #expect(
        result.output.split(separator: "\n").first.map(String.init) == """
          [('decoder.0.bias', 9, 'float32'), ('decoder.0.weight', 9, 3, 'float32'), ('encoder.0.bias', 9, 'float32'), \
          ('encoder.0.weight', 9, 256, 'float32'), ('logvar.bias', 3, 'float32'), ('logvar.weight', 3, 9, 'float32'), \
          ('mean.bias', 3, 'float32'), ('mean.weight', 3, 9, 'float32'), ('output.bias', 256, 'float32'), \
          ('output.weight', 256, 9, 'float32')]
          """)
    }
  }

  /// A public table, the Wisconsin diagnostic breast cancer data (569 cases of 30 features): a model of benign cases tells
  /// malignant ones by their scores, and gives data back in their own units.
  @Test(.enabled(if: scikitLearn != nil, "needs a Python with scikit-learn; set VAE_PYTHON to one"))
  func aPublicTable() throws {
    try withTemporaryFolder { folder in
      let export = """
        import csv
        from sklearn.datasets import load_breast_cancer
        data = load_breast_cancer()
        benign = [i for i in range(len(data.data)) if data.target[i] == 1]
        def write(name, rows):
          with open("\(folder.path)/" + name, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["case"] + list(data.feature_names))
            for i in rows: writer.writerow([i] + [repr(float(value)) for value in data.data[i]])
        write("benign.csv", benign[:250])
        rest = benign[250:] + [i for i in range(len(data.data)) if data.target[i] == 0]
        write("rest.csv", rest)
        print(len(benign) - 250, len(rest))
        """
      let counts = try #require(Self.scikitLearn).run(["-c", export]).output.split(separator: " ")
      let (benign, all) = (try #require(Int(counts[0])), try #require(Int(counts[1].dropLast())))
      try folder.vae(
        "train --data benign.csv --drop-columns case --standardize --likelihood gaussian --variance learned --hidden 64 "
          + "--latent 4 --validation 0.2 --early-stopping 20 --epochs 300 --batch-size 20 --out run")
      // The run's settings tell which columns to leave out.
      try folder.vae("score run --data rest.csv --importance-samples 50 --out scores.csv")
      let scores = String(decoding: try folder.bytes("scores.csv"), as: UTF8.self)
        .split(whereSeparator: \.isNewline).dropFirst().map { Double($0.split(separator: ",")[1])! }
      try #require(scores.count == all)
      let area = try ROC.areaUnderCurve(scores, isPositive: (0..<all).map { $0 >= benign })
      #expect(area > 0.9)

      try folder.vae("encode run --data rest.csv --out codes.npy")
      try folder.vae("decode run --codes codes.npy --out decoded.npy")
      var request = DataRequest(folder.file("rest.csv"))
      request.table.droppedColumns = ["case"]
      let known = try DataLocation.open(request).train.inMemory()
      let decoded = try NPY.read(folder.file("decoded.npy"), as: Double.self)
      let values = known.rows(0..<benign, as: Double.self)
      for column in 0..<30 {
        let (seen, given) = ((0..<benign).map { values[$0, column] }, (0..<benign).map { decoded[$0, column] })
        let (mean, other) = (seen.reduce(0, +) / Double(benign), given.reduce(0, +) / Double(benign))
        let deviation = (seen.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(benign)).squareRoot()
        #expect(abs(other - mean) < deviation, "column \(column)")
      }
    }
  }
}
