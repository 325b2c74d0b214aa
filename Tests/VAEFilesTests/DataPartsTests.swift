import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// A folder's training, validation and test parts by the names of its files, and the labels beside them.
struct DataPartsTests {
  /// A folder with arrays of so many data of two values under some names.
  private func withArrays(_ counts: [String: Int], _ body: (TemporaryFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for (name, count) in counts {
        let parent = (folder.file(name) as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        if name.hasSuffix(".csv") {
          try folder.write("a,b\n" + String(repeating: "1,2\n", count: count), name)
        } else if name.contains("y_") {
          try NPY.write((0..<count).map { Float($0 % 3) }, to: folder.file(name))
        } else {
          try NPY.write(Matrix<Float>(rows: count, columns: 2), to: folder.file(name))
        }
      }
      try body(folder)
    }
  }

  @Test(arguments: [
    ["X_train.npy": 5, "X_test.npy": 3], ["mnist_train.csv": 5, "mnist_test.csv": 3],
    ["train.npy": 5, "test.npy": 3, "val.npy": 2], ["training-set.npy": 5, "testing-set.npy": 3],
    ["train/a.npy": 4, "train/b.npy": 1, "test/a.npy": 3, "dev/a.npy": 2], ["x-train-0.npy": 3, "x-train-1.npy": 2],
    ["X_train.npy": 5, "y_train.npy": 5, "X_test.npy": 3, "y_test.npy": 3, "X_valid.npy": 2],
    ["Xtrain.npy": 5, "Xtest.npy": 3, "ytrain.csv": 5], ["trainX.npy": 5, "testX.npy": 3, "trainY.csv": 5],
  ])
  func namesTell(counts: [String: Int]) throws {
    try withArrays(counts) { folder in
      let pair = try DataLocation.open(folder.path)
      #expect(DataLocation.hasParts(folder.path))
      #expect(pair.train.count == 5)
      #expect(pair.test?.count == (counts.keys.contains { $0.contains("test") } ? 3 : nil))
      #expect(pair.validation?.count == (counts.keys.contains { $0.contains("va") || $0.contains("dev") } ? 2 : nil))
    }
  }

  /// Words are told by what stands between them.
  @Test func namesThatSayNothing() throws {
    try withArrays(["trained.npy": 2, "contest.npy": 3, "a1.npy": 4]) { folder in
      let pair = try DataLocation.open(folder.path)
      #expect(pair.train.count == 9 && pair.test == nil && !DataLocation.hasParts(folder.path))
    }
  }

  /// What else lies there is not used, and is named.
  @Test func filesThatAreNoPart() throws {
    try withArrays(["train.csv": 5, "test.csv": 3, "sample_submission.csv": 3]) { folder in
      let pair = try DataLocation.open(folder.path)
      #expect(pair.train.count == 5 && pair.test?.count == 3 && pair.unusedFiles == ["sample_submission.csv"])
    }
  }

  @Test(arguments: [
    (["small_train.npy": 5, "large_train.npy": 3], ["small_train.npy", "large_train.npy", "train part"]),
    (["mnist.npy": 5, "mnist_test.npy": 3], ["mnist_test.npy", "test part", "mnist.npy"]),
    (["validation.npy": 2, "test.npy": 3], ["part", "training"]),
  ])
  func refusesWhatIsNotClear(counts: [String: Int], words: [String]) throws {
    try withArrays(counts) { folder in
      let error = #expect(throws: VAEError.self) { _ = try DataLocation.open(folder.path) }
      #expect(error?.lacks(words + [folder.path]) == [], "\(error?.description ?? "")")
    }
  }

  @Test func labelsOfEachPart() throws {
    try withArrays(["X_train.npy": 5, "y_train.npy": 5, "X_test.npy": 3, "y_test.npy": 3]) { folder in
      let pair = try DataLocation.open(DataRequest(folder.path, condition: "labels"))
      #expect(pair.train.condition?.labels == [0, 1, 2, 0, 1] && pair.test?.condition?.labels == [0, 1, 2])
    }
    // Shards bring their own, and one without them is no part of such a set.
    try withArrays(["X_1.npy": 2, "y_1.npy": 2, "X_2.npy": 4, "y_2.npy": 4]) { folder in
      let list = "\(folder.file("X_1.npy")),\(folder.file("X_2.npy"))"
      let set = try DataLocation.open(DataRequest(list, condition: "labels")).train
      #expect(set.condition?.labels == [0, 1, 0, 1, 2, 0] && set.condition?.classes == [0, 1, 2])
      try FileManager.default.removeItem(atPath: folder.file("y_2.npy"))
      let error = #expect(throws: VAEError.self) {
        _ = try DataLocation.open(DataRequest(list, condition: "labels"))
      }
      #expect(error?.lacks("X_2.npy", "y_2.npy", "no labels") == [], "\(error?.description ?? "")")
    }
  }

  /// Shards and their labels, each as many as the other.
  @Test func labelsOfEachShard() throws {
    try withArrays(["X_1.npy": 2, "y_1.npy": 2, "X_2.npy": 4, "y_2.npy": 4]) { folder in
      func list(_ names: String...) -> String { names.map { folder.file($0) }.joined(separator: ",") }
      let request = DataRequest(list("X_1.npy", "X_2.npy"), condition: list("y_1.npy", "y_2.npy"))
      #expect(try DataLocation.open(request).train.condition?.labels == [0, 1, 0, 1, 2, 0])
      for condition in [list("y_2.npy", "y_1.npy"), "labels"] {
        if condition == "labels" {
          try NPY.write([Float(0), 1, 2], to: folder.file("y_1.npy"))
          try NPY.write([Float(0), 1, 2], to: folder.file("y_2.npy"))
        }
        let error = #expect(throws: VAEError.self) {
          _ = try DataLocation.open(DataRequest(list("X_1.npy", "X_2.npy"), condition: condition))
        }
        #expect(error?.lacks("data in", "X_1.npy") == [], "\(error?.description ?? "")")
      }
    }
  }

  /// Labels as pandas writes them, with the rows' numbers in a column without a name; numbers keep their names.
  @Test func labelsWithRowNumbers() throws {
    try withTemporaryFolder { folder in
      try folder.write(",y\n0,3\n1,1\n2,3\n", "y.csv")
      #expect(try ConditionLocation.open(folder.file("y.csv")).labels == [3, 1, 3])
      try folder.write(",y\n0,3\n5,1\n2,3\n", "other.csv")
      #expect(try ConditionLocation.open(folder.file("other.csv")).columnNames == ["", "y"])
      try folder.write("age,dose\n40,1.5\n50,2\n", "numbers.csv")
      #expect(try ConditionLocation.open(folder.file("numbers.csv")).columnNames == ["age", "dose"])
      try folder.write("0\n3\n1\n3\n", "zero.csv")
      let condition = try ConditionLocation.open(folder.file("zero.csv"))
      let error = #expect(throws: VAEError.self) {
        _ = try Dataset(name: "x", floats: [1, 2, 3], dataSize: 1).conditioned(on: condition)
      }
      #expect(error?.lacks("4 data", "column's name") == [], "\(error?.description ?? "")")
    }
  }

  /// One whole number for each datum is a label, in whichever format and type it comes; else there are numbers.
  @Test func conditionsInAnyFormat() throws {
    try withTemporaryFolder { folder in
      let labels: [Double] = [3, 1, 3, 26]
      try NPY.write(labels, to: folder.file("vector.npy"))
      try NPY.write(
        Matrix<Float>(rows: 4, columns: 1, elements: labels.map { Float($0) }), to: folder.file("column.npy"))
      try folder.write("label\n3\n1\n3\n26\n", "table.csv")
      try folder.write(idxFile(dimensions: [4], elements: [3, 1, 3, 26]), "labels-idx1-ubyte")
      for name in ["vector.npy", "column.npy", "table.csv", "labels-idx1-ubyte"] {
        let condition = try ConditionLocation.open(folder.file(name))
        #expect(condition.labels == [3, 1, 3, 26] && condition.classes == [1, 3, 26], "\(name)")
        let numbers = try ConditionLocation.open("numbers:" + folder.file(name))
        #expect(numbers.labels == nil && numbers.rows(0..<4, as: Float.self).elements == [3, 1, 3, 26], "\(name)")
      }
      try folder.write("x\n3\n1.5\n", "fractions.csv")
      #expect(try ConditionLocation.open(folder.file("fractions.csv")).labels == nil)
      try folder.write(idxImages(count: 2), "images")
      let error = #expect(throws: VAEError.self) { _ = try ConditionLocation.open(folder.file("images")) }
      #expect(error?.lacks("images", "3 dimensions", "labels") == [], "\(error?.description ?? "")")
    }
  }

  /// Validation data bring their own condition, never that of the training data's positions.
  @Test func validationBringsItsCondition() throws {
    try withArrays(["X_train.npy": 5, "y_train.npy": 5, "X_other.npy": 4, "y_other.npy": 4]) { folder in
      let (train, other) = (folder.file("X_train.npy"), folder.file("X_other.npy"))
      var request = DataRequest(train, condition: folder.file("y_train.npy"))
      var pair = try DataLocation.open(request)
      let error = #expect(throws: VAEError.self) { _ = try pair.validating(on: other, as: request) }
      #expect(error?.remedy == .validationCondition)
      #expect(error?.lacks("y_train.npy", "X_other.npy", "condition") == [], "\(error?.description ?? "")")
      let given = try pair.validating(on: other, as: request, condition: folder.file("y_other.npy"))
      #expect(given.validation?.condition?.labels == [0, 1, 2, 0])
      request.condition = "labels"
      pair = try DataLocation.open(request)
      #expect(try pair.validating(on: other, as: request).validation?.condition?.labels == [0, 1, 2, 0])
    }
  }

  /// Weights are numbers, in whichever type they come.
  @Test func weightsAreNumbers() throws {
    try withArrays(["X.npy": 3]) { folder in
      var request = DataRequest(folder.file("X.npy"))
      request.weights = try folder.write(idxFile(dimensions: [3], elements: [1, 2, 3]), "weights-idx1-ubyte")
      #expect(try DataLocation.open(request).train.weights == [0.5, 1, 1.5])
    }
  }
}
