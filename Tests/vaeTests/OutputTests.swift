import Foundation
import TestSupport
import Testing
import VAECore

/// What a command writes is refused before it begins to work, where it could not be written or would destroy something.
struct OutputTests {
  /// A folder with a model and data that no longer exist: whoever opens either says so, instead of what is wrong with the
  /// output.
  private static let calls: [(command: String, option: String, endings: [String])] = [
    ("encode model --data none", "--out", [".npy", ".csv"]),
    ("encode model --data none --out fine.npy", "--variance", [".npy", ".csv"]),
    ("decode model --codes none", "--out", [".npy", ".csv"]),
    ("score model --data none", "--out", [".npy", ".csv"]),
    ("reconstruct model --data none", "--out", [".png"]),
    ("sample model", "--out", [".png"]),
    ("data inspect none", "--sheet", [".png"]),
    ("data convert none", "--out", [".npy"]),
    ("data synthesize --count 10 --size 3", "--out", [".npy"]),
    ("explain --model none --weight w1", "--html", [".html"]),
    ("variance --model none", "--plot", [".svg"]),
    ("variance train --data none", "--plot", [".svg"]),
    ("variance train --data none", "--plot-steps", [".svg"]),
  ]

  @Test(arguments: calls.indices) func outputsAreCheckedFirst(index: Int) throws {
    let (command, option, endings) = Self.calls[index]
    try withTemporaryFolder { folder in
      for ending in endings {
        mkdir(folder.file("folder" + ending), 0o700)
        try folder.write("text", "file" + ending)
        func expect(_ path: String, _ words: [String]) throws {
          try folder.expectFailure(
            command.split(separator: " ").map(String.init) + [option, path], words)
        }
        try expect("none/x" + ending, ["none/x" + ending, "cannot be written", "No such file or directory"])
        try expect("file\(ending)/x\(ending)", ["cannot be written", "Not a directory"])
        try expect("folder" + ending, ["folder" + ending, "is there and not a file"])
        try expect("x\(ending)/", ["x\(ending)/", "folder"])
        try expect("/proc/x" + ending, ["/proc/x" + ending, "cannot be written"])
        try expect(String(repeating: "x", count: 300) + ending, ["cannot be written", "too long"])
      }
      try folder.expectFailure(
        command.split(separator: " ").map(String.init) + [option, ""], ["empty path"])
      for path in ["x", "x.txt", "x" + endings[0] + ".gz"] {
        try folder.expectFailure(
          command.split(separator: " ").map(String.init) + [option, path], [option, path] + endings)
      }
    }
  }

  @Test func foldersAreCheckedFirst() throws {
    try withTemporaryFolder { folder in
      try folder.write("text", "file")
      mkdir(folder.file("there"), 0o700)
      for command in ["data convert none --shard-size 3", "data synthesize --count 9 --size 3 --shard-size 3"] {
        for (path, words) in [
          ("there", ["there", "already there"]), ("file", ["file", "already there"]), ("file/x", ["Not a directory"]),
          ("none/x", ["none/x", "cannot be written"]), ("/proc/x", ["/proc/x", "cannot be written"]),
          ("", ["empty path"]),
        ] {
          try folder.expectFailure(command.split(separator: " ").map(String.init) + ["--out", path], words)
        }
      }
      for (path, words) in [
        ("file", ["file is a file"]), ("file/x", ["file/x", "Not a directory"]),
        ("/proc/x", ["/proc/x", "cannot be made"]),
        ("", ["folder without a name"]),
      ] {
        try folder.expectFailure(["train", "--data", "none", "--out", path], words)
      }
    }
  }

  @Test func severalOutputsAreSeveralFiles() throws {
    try withTemporaryFolder { folder in
      mkdir(folder.file("a"), 0o700)
      for (one, other) in [("x.npy", "./x.npy"), ("a/x.npy", "a/../a//x.npy"), ("x.csv", "a/../x.csv")] {
        try folder.expectFailure(
          ["encode", "model", "--data", "none", "--out", one, "--variance", other],
          ["--out", "--variance", "same file"])
      }
      try folder.expectFailure(
        ["variance", "train", "--data", "none", "--plot", "x.svg", "--plot-steps", "./x.svg"],
        ["--plot", "--plot-steps", "same file"])
    }
  }

  /// Nothing that a command reads is written over, whatever it is called.
  @Test func inputsStay() throws {
    try withTemporaryFolder { folder in
      mkdir(folder.file("shards"), 0o700)
      mkdir(folder.file("parts"), 0o700)
      mkdir(folder.file("parts/train"), 0o700)
      mkdir(folder.file("parts/test"), 0o700)
      let table = "a,b\n1,2\n3,4\n2,2\n5,1\n"
      for name in [
        "x.csv", "shards/1.csv", "shards/2.csv", "parts/train/1.csv", "parts/test/1.csv", "y_train.csv", "X_train.csv",
      ] {
        try folder.write(table, name)
      }
      try FileManager.default.createSymbolicLink(
        atPath: folder.file("link.csv"), withDestinationPath: folder.file("x.csv"))
      try folder.vae("train --data x.csv --likelihood gaussian --hidden 4 --latent 2 --epochs 1 --out run")
      try folder.vae("encode run --data x.csv --out codes.csv")
      try FileManager.default.copyItem(
        atPath: folder.file("run/model.safetensors"), toPath: folder.file("model.npy"))
      func expect(_ call: String, _ words: [String]) throws {
        try folder.expectFailure(call.split(separator: " ").map(String.init), words)
      }
      try expect("score run --data x.csv --out x.csv", ["--out", "x.csv", "data"])
      try expect("score run --data x.csv --out link.csv", ["link.csv", "data"])
      try expect("score run --data link.csv --out ./x.csv", ["x.csv", "data"])
      try expect("score run --data x.csv,shards/1.csv --out shards/1.csv", ["shards/1.csv", "data"])
      try expect("score run --data shards --out shards/1.csv", ["shards/1.csv", "data"])
      // It would be a part of the data from then on.
      try expect("score run --data shards --out shards/scores.csv", ["shards/scores.csv", "data"])
      try expect("score run --data parts --out parts/test/scores.csv", ["parts/test/scores.csv", "data"])
      try expect("encode run --data x.csv --out c.csv --variance x.csv", ["--variance", "x.csv", "data"])
      try expect("score model.npy --data x.csv --out model.npy", ["model.npy", "model"])
      try expect("decode run --codes codes.csv --out codes.csv", ["codes.csv", "codes"])
      try expect("data convert X_train.csv --out shards/../X_train.csv", [".npy"])
      try expect("train --data shards --likelihood gaussian --out shards", ["shards", "data"])
      try expect("train --data shards --likelihood gaussian --out shards/.", ["data"])
      mkdir(folder.file("named"), 0o700)
      for name in ["X_train.csv", "X_test.csv", "y_train.csv", "y_test.csv"] {
        try folder.write(table, "named/" + name)
      }
      try expect("score run --data named --out named/X_test.csv", ["named/X_test.csv", "data"])
      try expect("score run --data named --out named/y_train.csv", ["named/y_train.csv", "condition"])
      try folder.vae("score run --data named --out named/scores.csv")
      // Beside the data, and in the run's folder, there is room.
      try folder.vae("score run --data x.csv --out run/scores.csv")
      try folder.vae("score run --data x.csv --out run/scores.csv")
      try folder.vae("data convert shards --out all.npy")
    }
  }
}
