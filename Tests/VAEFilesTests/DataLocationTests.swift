import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// Data by what a person names them.
struct DataLocationTests {
  private func expectRefusal(_ location: String, _ words: String...) {
    let error = #expect(throws: VAEError.self) { _ = try DataLocation.open(location) }
    #expect(error?.lacks(words) == [], "\(error?.description ?? "")")
  }

  @Test(arguments: [false, true]) func aFolderWithAPair(compressed: Bool) throws {
    try withTemporaryFolder { folder in
      for (name, count) in [("train-images-idx3-ubyte", 5), ("t10k-images-idx3-ubyte", 3)] {
        let bytes = idxImages(count: count)
        try folder.write(compressed ? gzip(bytes) : bytes, compressed ? name + ".gz" : name)
        try folder.write(idxFile(dimensions: [1], elements: [7]), name.replacing("images", with: "labels"))
      }
      try folder.write("about the data", "README")
      let pair = try DataLocation.open(folder.path)
      #expect(pair.train.count == 5 && pair.test?.count == 3)
      #expect(pair.train.imageShape == ImageShape(height: 6, width: 6))
    }
  }

  /// Labels lie beside images, each plain or compressed; a file is the condition of one file.
  @Test(arguments: [false, true]) func conditions(compressed: Bool) throws {
    try withTemporaryFolder { folder in
      func labels(_ labels: [UInt8]) -> [UInt8] { idxFile(dimensions: [UInt32(labels.count)], elements: labels) }
      for (name, count) in [("train-images-idx3-ubyte", 5), ("t10k-images-idx3-ubyte", 3)] {
        try folder.write(gzip(idxImages(count: count)), name + ".gz")
        let bytes = labels((0..<UInt8(count)).map { $0 + UInt8(count) })
        let file = name.replacing("images", with: "labels").replacing("idx3", with: "idx1")
        try folder.write(compressed ? gzip(bytes) : bytes, compressed ? file + ".gz" : file)
      }
      let pair = try DataLocation.open(DataRequest(folder.path, condition: "labels"))
      #expect(pair.train.condition?.labels == [5, 6, 7, 8, 9] && pair.test?.condition?.labels == [3, 4, 5])
      #expect(try DataLocation.open(folder.path).train.condition == nil)
      let images = folder.file("t10k-images-idx3-ubyte.gz")
      #expect(try DataLocation.open(DataRequest(images, condition: "labels")).train.condition?.labels == [3, 4, 5])
      let numbers = folder.file("numbers.npy")
      try NPY.write(Matrix<Float>(rows: 3, columns: 2, elements: [1, 2, 3, 4, 5, 6]), to: numbers)
      #expect(try DataLocation.open(DataRequest(images, condition: numbers)).train.condition?.size == 2)
      func expectRefusal(_ location: String, _ condition: String, _ words: String...) {
        let error = #expect(throws: VAEError.self) {
          _ = try DataLocation.open(DataRequest(location, condition: condition))
        }
        #expect(error?.lacks(words) == [], "\(error?.description ?? "")")
      }
      expectRefusal(folder.path, numbers, numbers, "training and the test part", "labels")
      expectRefusal("synthetic", numbers, numbers, "synthetic")
      expectRefusal(images, try folder.write(labels([1, 2]), "two"), "two", "2 data", "3 data")
      expectRefusal(images, images, images, "3 dimensions", "labels")
      expectRefusal(images, folder.file("missing"), "missing")
      try folder.write(idxImages(count: 1), "other")
      expectRefusal(folder.file("other"), "labels", "other", "images")
      try folder.write(idxImages(count: 1), "more-images")
      expectRefusal(folder.file("more-images"), "labels", "more-labels", "no labels")
    }
    #expect(try DataLocation.open(DataRequest("synthetic", condition: "labels")).test?.condition?.size == 4)
  }

  @Test func plainFilesComeBeforeCompressed() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 5), "train-images")
      try folder.write(gzip(idxImages(count: 4)), "train-images.gz")
      let pair = try DataLocation.open(folder.path)
      #expect(pair.train.count == 5 && pair.test == nil)
    }
  }

  @Test func oneFile() throws {
    try withTemporaryFolder { folder in
      let plain = try folder.write(idxImages(count: 2), "anything")
      let compressed = try folder.write(gzip(idxImages(count: 3)), "anything.gz")
      #expect(try DataLocation.open(plain).train.count == 2)
      #expect(try DataLocation.open(compressed).train.count == 3)
      #expect(try DataLocation.open(plain).test == nil)
    }
  }

  /// What fits is read, the training set first; one that does not fit leaves nothing for the others, since its windows take
  /// all there is.
  @Test(arguments: [(1000, [false, false]), (3650, [true, false]), (3672, [true, true])])
  func readsWhatFits(limit: Int, isRead: [Bool]) throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 100), "train-images")
      try folder.write(idxImages(count: 2), "t10k-images")
      let pair = try DataLocation.open(folder.path).inMemory(upTo: limit)
      #expect([pair.train, pair.test!].map { $0 is Dataset } == isRead)
    }
  }

  @Test func synthetic() throws {
    let pair = try DataLocation.open("synthetic")
    let test = try #require(pair.test)
    #expect(pair.train.count == 10_000 && test.count == 1_000)
    #expect(pair.train.imageShape == ImageShape(height: 16, width: 16))
    // Test data are not among the training data.
    let (train, others) = (try pair.train.inMemory(), try test.inMemory())
    let images = Set((0..<10_000).map { train.rows($0..<$0 + 1, as: Float.self).elements })
    #expect((0..<100).allSatisfy { !images.contains(others.rows($0..<$0 + 1, as: Float.self).elements) })
  }

  @Test func saysWhatAFolderHolds() throws {
    try withTemporaryFolder { folder in
      expectRefusal(folder.path, folder.path, "train-images", "it is empty")
      try folder.write(idxImages(count: 2), "t10k-images")
      try folder.write("text", "notes.txt")
      expectRefusal(folder.path, folder.path, "train-images", "notes.txt, t10k-images")
    }
  }

  @Test(arguments: [
    "train.csv test.csv", "train.csv.gz test.csv", "train/a.csv test/a.csv", "train-1/a.csv test-1/a.csv",
  ])
  func pairsByName(names: String) throws {
    try withTemporaryFolder { folder in
      for (index, name) in names.split(separator: " ").map(String.init).enumerated() {
        let path = (name as NSString).deletingLastPathComponent
        if !path.isEmpty { mkdir(folder.file(path), 0o700) }
        let bytes = Array(String(repeating: "1,2\n", count: index + 1).utf8)
        try folder.write(name.hasSuffix(".gz") ? gzip(bytes) : bytes, name)
      }
      let pair = try DataLocation.open(folder.path)
      #expect(pair.train.count == 1 && pair.test?.count == 2)
      #expect(DataLocation.hasParts(folder.path))
    }
  }

  /// Other parts' columns are the training part's, by name, whatever their order and whatever else there is.
  @Test func columnsAreTheTrainingParts() throws {
    try withTemporaryFolder { folder in
      try folder.write("a,b\n1,2\n", "train.csv")
      try folder.write("b,note,a\n2,x,1\n", "test.csv")
      try folder.write("b,c\n2,1\n", "others.csv")
      let pair = try DataLocation.open(folder.path)
      #expect(try pair.test?.read(0..<1).rows(0..<1, as: Float.self).elements == [1, 2])
      let request = DataRequest(folder.file("train.csv"))
      let train = try DataLocation.open(request)
      let valid = try train.validating(on: folder.file("test.csv"), as: request).validation
      #expect(try valid?.read(0..<1).rows(0..<1, as: Float.self).elements == [1, 2])
      let error = #expect(throws: VAEError.self) {
        _ = try train.validating(on: folder.file("others.csv"), as: request)
      }
      #expect(error?.lacks("others.csv", "no column \"a\"", "b, c") == [], "\(error?.description ?? "")")
    }
  }

  /// The test part's missing values become the training part's means.
  @Test func meansAreTheTrainingParts() throws {
    try withTemporaryFolder { folder in
      try folder.write("x\n1\n5\nNA\n", "train.csv")
      try folder.write("x\n?\n9\n", "test.csv")
      var request = DataRequest(folder.path)
      request.table.missing = .mean
      let pair = try DataLocation.open(request)
      #expect(try pair.train.inMemory().rows(0..<3, as: Float.self).elements == [1, 5, 3])
      #expect(try pair.test?.inMemory().rows(0..<2, as: Float.self).elements == [3, 9])
    }
  }

  /// A model's means come before the data's own, in every part and for validation; zeros are nobody's means.
  @Test func meansThatAreGiven() throws {
    try withTemporaryFolder { folder in
      try folder.write("x\n1\n5\nNA\n", "train.csv")
      try folder.write("x\n?\n9\n", "test.csv")
      var request = DataRequest(folder.path)
      func values(_ data: (any DataSource)?) throws -> [Float]? {
        try data.map { try $0.inMemory().rows(0..<$0.count, as: Float.self).elements }
      }
      request.table.missing = .mean
      let own = try DataLocation.open(request)
      #expect(own.substitutes == [3])
      #expect(try values(own.validating(on: folder.file("test.csv"), as: request).validation) == [3, 9])
      #expect(try own.splitting(validation: 0.4, seed: 1).substitutes == [3])
      #expect(try own.inMemory(upTo: 1000).substitutes == [3])
      request.substitutes = [7]
      let given = try DataLocation.open(request)
      #expect(try values(given.train) == [1, 5, 7] && values(given.test) == [7, 9])
      #expect(given.substitutes == [7])
      request.location = folder.file("test.csv")
      #expect(try values(DataLocation.open(request).train) == [7, 9])
      request.table.missing = .zero
      let zero = try DataLocation.open(request)
      #expect(try values(zero.train) == [0, 9] && zero.substitutes == nil)
      (request.table.missing, request.substitutes) = (.mean, [7, 8])
      let error = #expect(throws: VAEError.self) { _ = try DataLocation.open(request) }
      #expect(error?.lacks("test.csv", "1 values", "had 2") == [])
    }
  }

  @Test func aFolderWithoutParts() throws {
    try withTemporaryFolder { folder in
      try folder.write("1,2\n", "trained-data.csv")
      try folder.write("3,4\n", "a.csv")
      let pair = try DataLocation.open(folder.path)
      #expect(pair.train.count == 2 && pair.test == nil && !DataLocation.hasParts(folder.path))
    }
  }

  @Test func testDataOfAnotherSize() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 2, side: 6), "train-images")
      try folder.write(idxImages(count: 2, side: 5), "t10k-images")
      expectRefusal(folder.path, folder.path, "36", "25")
    }
  }

  @Test func whatIsNotThere() throws {
    try withTemporaryFolder { folder in
      expectRefusal(folder.file("missing"), folder.file("missing"), "There is no", "IDX", "synthetic")
      expectRefusal(folder.file("missing.gz"), folder.file("missing.gz"))
      expectRefusal("", "An empty path")
    }
  }

  @Test func whatIsNoData() throws {
    try withTemporaryFolder { folder in
      expectRefusal(try folder.write("hello, world", "text"), folder.file("text"), "no rows")
      expectRefusal(try folder.write("hello, world", "text.gz"), folder.file("text.gz"), "no rows")
      // A compressed file that lost the end of its name is read all the same.
      #expect(try DataLocation.open(folder.write(gzip(idxImages(count: 2)), "lost")).train.count == 2)
      mkdir(folder.file("train-images"), 0o700)
      expectRefusal(folder.path, folder.file("train-images"), "it is empty")
    }
  }
}
