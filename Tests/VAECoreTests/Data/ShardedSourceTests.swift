import TestSupport
import Testing
import VAECore

/// Several sets as one.
struct ShardedSourceTests {
  private func set(_ name: String, _ values: [Float], size: Int = 2, names: [String]? = nil) -> Dataset {
    var data = Dataset(name: name, floats: values, dataSize: size)
    data.columnNames = names
    return data
  }

  @Test func readsAcrossItsShards() throws {
    // One is empty.
    let shards = [3, 0, 1, 4].enumerated().map { index, count in
      set("\(index)", (0..<2 * count).map { Float(100 * index + $0) })
    }
    let source = try ShardedSource(name: "all", shards)
    let flat = shards.flatMap { $0.rows(0..<$0.count, as: Float.self).elements }
    #expect(source.count == 8 && source.dataSize == 2 && source.name == "all")
    for ranges in [[0..<8], [2..<5, 0..<1, 7..<8, 3..<4], [4..<4], [], [6..<8, 6..<8]] {
      let expected = ranges.flatMap { flat[2 * $0.lowerBound..<2 * $0.upperBound] }
      let data = try source.read(ranges)
      #expect(data.rows(0..<data.count, as: Float.self).elements == expected)
    }
    var stream = SourceStream(source)
    #expect(try [stream.next(5).count, stream.next(5).count, stream.next(5).count] == [5, 3, 0])
  }

  @Test func streamsFollowOneAnother() throws {
    let shards = ["a": set("a", [1, 2]), "b": set("b", []), "c": set("c", [3, 4, 5, 6])]
    var stream = try ShardedStream(name: "all", ["a", "b", "c"]) { name throws(VAEError) in SourceStream(shards[name]!)
    }
    #expect(try stream.inMemory().rows(0..<3, as: Float.self).elements == [1, 2, 3, 4, 5, 6])
    #expect(stream.count == nil)
  }

  /// What is known of data goes with their shard, and classes are those of all.
  @Test func carriesConditionsAndWeights() throws {
    func shard(_ name: String, _ labels: [Int]?, _ weights: [Float]? = nil) throws -> any DataSource {
      var data: any DataSource = set(name, (0..<2 * (labels?.count ?? weights!.count)).map { Float($0) })
      if let labels { data = try data.conditioned(on: Condition(name: name, labels: labels)) }
      return try weights.map { try data.weighted(by: $0, from: name) } ?? data
    }
    let source = try ShardedSource(name: "all", [shard("a", [1, 7]), shard("b", [4]), shard("c", [7, 4, 4])])
    #expect(source.condition?.labels == [1, 7, 4, 7, 4, 4] && source.condition?.classes == [1, 4, 7])
    let part = try source.read([4..<6, 1..<2])
    #expect(part.condition?.labels == [4, 4, 7] && part.condition?.classes == [1, 4, 7])
    let weighted = try ShardedSource(name: "all", [shard("a", nil, [1, 3]), shard("b", nil, [1, 1])])
    #expect(try weighted.weights == [0.5, 1.5, 1, 1] && weighted.read([1..<3]).weights == [1.5, 1])
    for (some, words) in [
      ([try shard("a", [1, 2]), try shard("b", nil, [1])], ["a", "b", "a condition"]),
      ([try shard("a", nil, [1]), try shard("b", [1])], ["b", "a", "a condition"]),
      ([try shard("a", [1]), try shard("b", [1], [1])], ["b", "a", "weights"]),
      (
        [
          try shard("a", [1]),
          try set("b", [1, 2]).conditioned(on: Condition(name: "numbers", numbers: Matrix(rows: 1, columns: 2))),
        ], ["a", "numbers", "2 numbers", "labels"]
      ),
    ] {
      let error = #expect(throws: VAEError.self) { _ = try ShardedSource(name: "all", some) }
      #expect(error?.lacks(words) == [], "\(error?.description ?? "")")
    }
  }

  @Test func refusesShardsOfAnotherKind() throws {
    let first = set("first", [1, 2, 3, 4], names: ["p", "q"])
    let cases: [(Dataset, [String])] = [
      (set("other", [1, 2, 3], size: 3), ["size", "2 and 3 values"]),
      (
        Dataset(name: "other", floats: [1, 2], dataSize: 2, imageShape: .init(height: 1, width: 2)), ["shape", "1 × 2"]
      ),
      (Dataset(name: "other", bytes: [1, 2], dataSize: 2), ["type", "F32 and U8"]),
      (set("other", [1, 2], names: ["p", "r"]), ["columns", "\"q\"", "\"r\""]), (set("other", [1, 2]), ["columns"]),
    ]
    for (other, words) in cases {
      let error = #expect(throws: VAEError.self) { _ = try ShardedSource(name: "all", [first, other]) }
      #expect(error?.lacks(["first", "other"] + words) == [], "\(error?.description ?? "")")
      let late = #expect(throws: VAEError.self) {
        try drain(
          ShardedStream(name: "all", ["first", "other"]) { name throws(VAEError) in
            SourceStream(name == "first" ? first : other)
          })
      }
      #expect(late == error)
    }
  }
}
