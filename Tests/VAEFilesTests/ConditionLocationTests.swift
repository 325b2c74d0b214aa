import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// What a file beside the data says of each datum: labels where it is one whole number, else numbers.
struct ConditionLocationTests {
  private func condition(_ bytes: [UInt8], _ name: String = "labels.idx", prefix: String = "") throws -> Condition {
    try withTemporaryFolder { folder in
      try folder.write(bytes, name)
      return try ConditionLocation.open(prefix + folder.file(name))
    }
  }

  @Test func labels() throws {
    let bytes = try condition(idxFile(dimensions: [4], elements: [3, 0, 255, 1]))
    #expect(bytes.labels == [3, 0, 255, 1] && bytes.count == 4 && bytes.classes == [0, 1, 3, 255])
    #expect(bytes.name.hasSuffix("labels.idx"))
    let integers: [UInt32] = [7, 70_000, UInt32.max]
    #expect(
      try condition(idxFile(type: 12, dimensions: [3], elements: integers.flatMap(\.bigEndianBytes))).labels
        == [7, 70_000, -1])
    #expect(try condition(idxFile(dimensions: [0], elements: [])).labels == [])
    #expect(try condition(idxFile(type: 9, dimensions: [2], elements: [1, 0xff])).labels == [1, -1])
    #expect(try condition(idxFile(type: 11, dimensions: [1], elements: [1, 2])).labels == [258])
    #expect(try condition(Array("label\n3\n0\n".utf8), "labels.csv").labels == [3, 0])
  }

  @Test func numbers() throws {
    let half = try condition(idxFile(type: 13, dimensions: [1], elements: [0x3f, 0, 0, 0]))
    #expect(half.labels == nil && half.rows(0..<1, as: Float.self).elements == [0.5])
    let ages = try condition(Array("age\n30\n40\n".utf8), "ages.csv", prefix: "numbers:")
    #expect(ages.labels == nil && ages.rows(0..<2, as: Float.self).elements == [30, 40])
    // What pandas writes: a first column without a name that counts the rows.
    let counted = try condition(Array(",a,b\n0,5,6\n1,7,8\n".utf8), "table.csv")
    #expect(counted.rows(0..<2, as: Float.self).elements == [5, 6, 7, 8])
  }

  @Test(arguments: [
    ([], ["empty"]), ([0, 0, 8], ["header", "3 of 4 bytes"]),
    (idxImages(count: 2), ["3 dimensions", "labels have one"]),
    ([0, 0, 8, 1, 0, 0], ["header", "2 of 4 bytes"]),
    (idxFile(dimensions: [5], elements: [1, 2, 3]), ["truncated", "5"]),
    (idxFile(type: 12, dimensions: [2], elements: [0, 0, 0, 1, 0]), ["truncated"]),
    (idxFile(dimensions: [.max], elements: [1]), ["truncated"]),
    (idxFile(dimensions: [2], elements: [1, 2, 3]), ["goes on", "2"]),
  ])
  func refuses(bytes: [UInt8], words: [String]) {
    let error = #expect(throws: VAEError.self) { _ = try condition(bytes) }
    #expect(error?.lacks(["labels.idx"] + words) == [], "\(error?.description ?? "")")
  }
}
