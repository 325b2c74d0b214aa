import Foundation
import TestSupport
import Testing

/// `vae train --data -`: what comes through a pipe, whole or in one pass.
struct StandardInputTests {
  private let small = "--hidden 8 --latent 2 --batch-size 16"

  /// A folder with 300 images of 784 bytes as a file, and 30,000 rows, 2 MB, of a table: more than is read at once.
  private func withData(_ body: (TemporaryFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 300, side: 28), "images")
      try folder.vae("data convert images --out images.npy")
      let zeros = String(repeating: "0", count: 30)
      try folder.write("a,b\n" + (0..<30_000).map { "\($0 % 17).\(zeros),\($0 % 5).5\(zeros)\n" }.joined(), "table.csv")
      try body(folder)
    }
  }

  /// Runs `vae` with a file as standard input.
  private func vae(_ arguments: String, from file: String, in folder: TemporaryFolder) throws -> Tool.Result {
    try Tool.run("/bin/bash", ["-c", "cat \(file) | \"$0\" \(arguments)", Tool.path], in: folder)
  }

  private func expectFailure(
    _ arguments: String, from file: String, in folder: TemporaryFolder, _ words: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try vae(arguments, from: file, in: folder)
    #expect(result.status != 0 && result.exited, sourceLocation: sourceLocation)
    for word in words { #expect(result.errors.contains(word), "\(result.errors)", sourceLocation: sourceLocation) }
  }

  /// What fits into memory is trained on like a file.
  @Test func whole() throws {
    try withData { folder in
      try folder.vae("train --data images.npy --out file \(small) --epochs 2")
      let result = try vae("train --data - --out pipe \(small) --epochs 2", from: "images.npy", in: folder)
      #expect(result.status == 0 && !result.output.contains("once"), "\(result.errors)")
      let isEqual =
        try folder.bytes("file/model.safetensors").suffix(20_000)
        == folder.bytes("pipe/model.safetensors").suffix(20_000)
      #expect(isEqual)
    }
  }

  /// More than fits there comes once, a table of unknown length too; interrupted anywhere, it goes on with the same input.
  @Test(arguments: ["images.npy", "table.csv --likelihood gaussian --standardize"]) func once(data: String) throws {
    try withData { folder in
      let file = String(data.prefix { $0 != " " })
      // A window is what a quarter of the memory holds.
      let settings = "\(small) \(data.dropFirst(file.count)) --memory \(file.hasSuffix("csv") ? "800kB" : "200kB")"
      let call = "train --data - \(settings) --keep 100 --checkpoint-steps \(file == "table.csv" ? 300 : 3) --out"
      let straight = try vae("\(call) straight", from: file, in: folder)
      #expect(straight.status == 0 && straight.output.contains("once"), "\(straight.errors)")
      #expect(
        straight.output.contains("epoch 1/1") && folder.lastStep(of: "straight") == (file == "table.csv" ? 1875 : 19))
      let all = folder.checkpoints(of: "straight")
      for last in [all[0], all[3], all[5]] {
        try FileManager.default.copyItem(atPath: folder.file("straight"), toPath: folder.file("cut"))
        for name in all where name > last { unlink(folder.file("cut" + name.dropFirst("straight".count))) }
        let resumed = try vae("train --resume cut", from: file, in: folder)
        #expect(resumed.status == 0, "\(resumed.errors)")
        try folder.expectSame("cut", "straight")
        try FileManager.default.removeItem(atPath: folder.file("cut"))
      }
      // With other memory it is the same run.
      let window = "--config straight/config.json"
      #expect(try vae("train \(window) --out again", from: file, in: folder).status == 0)
      try folder.expectSame("again", "straight")
    }
  }

  /// A pipe with a name, as `<(command)` makes one, is the same.
  @Test func pipesWithNames() throws {
    try withData { folder in
      let settings = "\(small) --memory 200kB"
      #expect(try vae("train --data - --out input \(settings)", from: "images.npy", in: folder).status == 0)
      let call = "\"$0\" train --data <(cat images.npy) --out pipe \(settings)"
      let result = try Tool.run("/bin/bash", ["-c", call, Tool.path], in: folder)
      #expect(result.status == 0 && result.output.contains("once"), "\(result.errors)")
      let isEqual =
        try folder.bytes("pipe/model.safetensors").suffix(20_000)
        == folder.bytes("input/model.safetensors").suffix(20_000)
      #expect(isEqual)
      #expect(try folder.metrics(of: "pipe") == folder.metrics(of: "input"))
    }
  }

  /// Ctrl-C ends the programs before it in the pipeline, too: what came is no epoch.
  @Test(arguments: ["images.npy": "60kB", "table.csv": "400kB"]) func interrupted(file: String, memory: String) throws {
    try withData { folder in
      let settings =
        "\(small) --likelihood squared-error --memory \(memory) --keep 100 --checkpoint-steps \(file == "table.csv" ? 50 : 2)"
      let straight = try vae("train --data - --out straight \(settings)", from: file, in: folder)
      #expect(straight.status == 0, "\(straight.errors)")
      // Programs that other tests start at this moment must not hold the pipe open.
      var ends: [CInt] = [0, 0]
      #expect(pipe(&ends) == 0)
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      let (input, feed) = (FileHandle(fileDescriptor: ends[0]), FileHandle(fileDescriptor: ends[1]))
      let tool = try RunningTool("train --data - --out run \(settings)", in: folder, input: input)
      try feed.write(contentsOf: Data(folder.bytes(file).prefix(folder.bytes(file).count * 4 / 5)))
      // All that came in whole windows: now it waits for more.
      tool.wait(untilStep: file == "table.csv" ? 750 : 14, of: "run")
      tool.send(SIGINT)
      try feed.close()
      let result = try tool.result()
      #expect(result.status == 130 && result.errors.contains("same input"), "\(result.errors)")
      let resumed = try vae("train --resume run", from: file, in: folder)
      #expect(resumed.status == 0 && resumed.output.contains("going on"), "\(resumed.errors)")
      try folder.expectSame("run", "straight")
    }
  }

  @Test func refusals() throws {
    try withData { folder in
      let call = "train --data - \(small) --memory 200kB --out run"
      try expectFailure("\(call) --epochs 3", from: "images.npy", in: folder, "3 epochs", "--epochs 1", "convert")
      try expectFailure("\(call) --validation 0.1", from: "images.npy", in: folder, "validation", "file")
      try expectFailure("\(call) --on-divergence rollback", from: "images.npy", in: folder, "going back")
      try expectFailure("\(call) --condition images.npy", from: "images.npy", in: folder, "beginning only", "convert")
      try expectFailure(
        "train --data - \(small) --likelihood squared-error --memory 400kB --out run --schedule cosine",
        from: "table.csv",
        in: folder, "how many", "constant")
      #expect(!folder.names.contains { $0.hasPrefix("run/") && $0.hasSuffix("model.safetensors") })
      // Trained in memory, it cannot go on without.
      #expect(try vae("train --data - \(small) --out whole --epochs 1", from: "images.npy", in: folder).status == 0)
      try expectFailure(
        "train --resume whole --epochs 2 --memory 200kB", from: "images.npy", in: folder, "--memory")
      // Another input than the run began with.
      #expect(try vae("\(call) --checkpoint-steps 3", from: "images.npy", in: folder).status == 0)
      var others = try folder.bytes("images.npy")
      others[1000] ^= 1
      try folder.write(others, "others")
      try expectFailure("train --resume run", from: "others", in: folder, "changed")
    }
  }
}
