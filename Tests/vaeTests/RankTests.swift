import Foundation
import TestSupport
import Testing
import VAECore

/// `mpirun -n 4 vae train …` is `vae train …`: the same bytes, whatever comes in between; what cannot be is refused by name.
///
/// One after the other, because each has more processes than there are processors.
@Suite(.serialized, .enabled(if: !MPI.installed.isEmpty, MPI.reason)) struct RankTests {
  /// Four leaves in the first minibatch of an epoch, one in its last.
  private let small = "--data data --hidden 30 --latent 3 --batch-size 1100"

  private func withData(_ body: (TemporaryFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 1500, side: 8), "data")
      try body(folder)
    }
  }

  private static let features = [
    "", "--clip-norm 0.5 --optimizer sgd --momentum 0.9", "--free-bits 0.2 --schedule cosine",
    "--samples 3 --gradient accumulated --samples-per-pass 2 --precision mixed",
    "--validation 0.2 --early-stopping 2 --binarize dynamic --checkpoint-steps 1", "--memory 400KB --trim 0.1",
  ]

  @Test(arguments: features) func isOneProcess(feature: String) throws {
    try withData { folder in
      try folder.vae("train --out one \(small) --epochs 2 \(feature)")
      for (index, mpi) in MPI.installed.enumerated() {
        for (ranks, threads) in [(2, 2), (3 + index, 1)] {
          let result = try mpi.vae(
            ranks, "train --out many --overwrite \(small) --epochs 2 --threads \(threads) \(feature)", in: folder)
          #expect(result.output.contains("ranks       \(ranks) on 1 machine, \(threads) thread"))
          #expect(result.output.components(separatedBy: "epoch 1/2").count == 2)
          try folder.expectSame("many", "one")
        }
      }
    }
  }

  /// A table with gaps, each row with a weight.
  @Test func isOneProcessForTables() throws {
    try withTemporaryFolder { folder in
      let rows = (0..<1300).map { row in
        let number = Double(row * 37 % 101) / 10
        let kind = ["short", "long", "huge"][row * 7 % 3]
        return "\(row % 11 == 3 ? "" : "\(number)"),\(row % 13 == 5 ? "" : kind),\(row % 5 + Int(number))"
      }
      try folder.write("size,kind,count\n" + rows.joined(separator: "\n") + "\n", "table.csv")
      try folder.write((0..<1300).map { "\(1 + $0 % 3)\n" }.joined(), "weights.csv")
      let call =
        "--data table.csv --weights weights.csv --missing model --hidden 20 --latent 2 --batch-size 1100 --epochs 2"
      try folder.vae("train --out one \(call)")
      for (ranks, mpi) in zip([2, 3], MPI.installed + MPI.installed) {
        try mpi.vae(ranks, "train --out many --overwrite \(call)", in: folder)
        try folder.expectSame("many", "one")
      }
    }
  }

  /// All go back together, to the same step, also where time says when to save.
  @Test func goesBackAlike() throws {
    try withData { folder in
      let call =
        "train \(small) --epochs 3 --optimizer sgd --learning-rate 3000 --on-divergence rollback --keep 100 "
        + "--checkpoint-minutes 1e-9"
      func stepsBack(_ result: Tool.Result) -> [Substring] {
        result.errors.matches(of: /back to step ([0-9]+)/).map(\.1)
      }
      let expected = stepsBack(try folder.vae("\(call) --out one"))
      #expect(expected.count > 1)
      for (ranks, mpi) in zip([3, 2], MPI.installed + MPI.installed) {
        #expect(stepsBack(try mpi.vae(ranks, "\(call) --out many --overwrite", in: folder)) == expected)
        try folder.expectSame("many", "one")
        #expect(folder.checkpoints(of: "many").count == folder.checkpoints(of: "one").count)
      }
    }
  }

  /// A rank that stands still is missed by the others, who end after a while.
  @Test func patienceEnds() throws {
    try withData { folder in
      let mpi = MPI.installed[0]
      let call = long + " --epochs 100000"
      let command = mpi.command(
        2, ["/usr/bin/env", "VAE_MPI_PATIENCE=1", Tool.path] + call.split(separator: " ").map(String.init))
      let tool = try RunningTool(command, in: folder)
      tool.wait(untilStep: 10, of: "run")
      let still = try #require(processes(in: folder).last)
      kill(still, SIGSTOP)
      let result = try tool.result()
      kill(still, SIGKILL)
      #expect(result.status != 0)
      #expect(result.errors.contains(/No answer from rank [01] of 2 for 1 s/), "\(result.errors)")
      try expectEnd(in: folder)
    }
  }

  /// Help is for one reader, and needs no others.
  @Test(arguments: ["--help", "train --help", "data", "help inspect"]) func helps(call: String) throws {
    try withTemporaryFolder { folder in
      let expected = try folder.vae(call).output
      for mpi in MPI.installed { #expect(try mpi.vae(3, call, in: folder).output == expected) }
    }
  }

  /// What is asked of a model, on ranks as on one process; the leader alone writes.
  @Test func answersTheSame() throws {
    try withData { folder in
      try folder.vae("train --out one \(small) --epochs 1")
      let mpi = MPI.installed[0]
      let asked = "evaluate one --data data --importance-samples 20 --json"
      #expect(try mpi.vae(3, asked, in: folder).output == folder.vae(asked).output)
      for (name, call) in [
        ("scores.csv", "score one --data data --importance-samples 5 --out"),
        ("scores.npy", "score one --data data --out"),
        ("mu.npy", "encode one --data data --variance v.csv --out"),
      ] {
        try folder.vae("\(call) 1-\(name)")
        let result = try mpi.vae(2, "\(call) 2-\(name)", in: folder)
        #expect(result.output.components(separatedBy: "2-\(name)").count == 2)
        let isSame = try folder.bytes("1-\(name)") == folder.bytes("2-\(name)")
        #expect(isSame, "\(name)")
      }
    }
  }

  /// On other ranks than before, and on one; the folder is the leader's alone.
  @Test func goesOnOnOthers() throws {
    try withData { folder in
      try folder.vae("train --out one \(small) --epochs 4")
      try MPI.installed[0].vae(3, "train --out many \(small) --epochs 1", in: folder)
      try folder.vae("train --resume many --epochs 2")
      for (ranks, mpi) in zip([2, 4], MPI.installed + MPI.installed) {
        try mpi.vae(ranks, "train --resume many --epochs \(ranks == 2 ? 3 : 4)", in: folder)
      }
      try folder.expectSame("many", "one")
    }
  }

  @Test func refusesWhatCannotBe() throws {
    try withData { folder in
      let mpi = MPI.installed[0]
      func expectFailure(_ ranks: Int, _ arguments: String, _ words: String, environment: [String] = []) throws {
        let before = folder.names
        let result = try mpi.run(ranks, arguments, in: folder, environment: environment)
        #expect(result.status != 0 && result.errors.contains(words), "vae \(arguments): \(result.errors)")
        // Said once.
        #expect(result.errors.components(separatedBy: "Error:").count == 2, "\(result.errors)")
        #expect(folder.names == before)
      }
      try expectFailure(5, "train --out run \(small)", "work for at most 4 processes, and there are 5")
      try expectFailure(2, "train --out run --data data --batch-size 500", "is work for one process")
      try expectFailure(2, "train --out run --data - --batch-size 1100", "reach one of the 2 ranks")
      try expectFailure(2, "train --out run --data none --batch-size 1100", "none")
      try expectFailure(2, "train --out run \(small) --latent x", "x")
      try expectFailure(2, "inspect run", "this command is for one")
      try expectFailure(2, "train --resume run", "run")
      try expectFailure(
        2, "train --out run \(small)", "MPI cannot be loaded", environment: ["VAE_MPI=/none/libmpi.so"])
      try expectFailure(2, "train --out run \(small)", "VAE_MPI_PATIENCE", environment: ["VAE_MPI_PATIENCE=-3"])
    }
  }

  /// Each rank with a setting of its own, as a mistake in a script may have it.
  @Test func refusesRanksThatDisagree() throws {
    try withData { folder in
      let script = "#!/bin/bash\nr=${OMPI_COMM_WORLD_RANK:-$PMI_RANK}\nexec "
      func run(_ command: String) throws -> String {
        let file = folder.file("each")
        try folder.write(script + command + "\n", "each")
        chmod(file, 0o700)
        let all = MPI.installed[0].command(2, [file])
        let result = try Tool.run(all[0], Array(all.dropFirst()), in: folder)
        #expect(result.status != 0)
        return result.errors
      }
      let train = "\(Tool.path) train --out run \(small)"
      #expect(
        try run("\(train) --learning-rate 0.00$((r + 1))").contains(
          "disagree about the setting learning_rate: 0.001 for rank 0"))
      // A single value.
      try folder.write(idxImages(count: 1500, side: 8).enumerated().map { $0 == 50_001 ? $1 ^ 1 : $1 }, "data1")
      try FileManager.default.copyItem(atPath: folder.file("data"), toPath: folder.file("data0"))
      #expect(
        try run("\(train.replacing("--data data", with: "--data data$r"))").contains("disagree about the train data"))
      #expect(
        try run("env VAECORE_SIMD=$([ $r = 0 ] && echo baseline || echo avx2) \(train)").contains(
          "disagree about the vector instructions: baseline for"))
      #expect(try run("$([ $r = 0 ] && echo \(train) || echo false)").isEmpty == false)
      #expect(!folder.names.contains { $0.hasPrefix("run/") })
    }
  }

  /// Said once, under every launcher, and without a word of an end by force.
  @Test func divergesWithOneMessage() throws {
    try withData { folder in
      for mpi in MPI.installed {
        let result = try mpi.run(
          3, "train --out run --overwrite \(small) --optimizer sgd --learning-rate 1e300", in: folder)
        #expect(
          result.status != 0 && result.errors.components(separatedBy: "no longer finite").count == 2, "\(result.errors)"
        )
        #expect(!result.errors.contains("MPI_ABORT") && !result.errors.contains("On rank"), "\(result.errors)")
      }
    }
  }

  /// One that fails before it joins, which some launchers do not mind.
  @Test func missesWhoNeverJoins() throws {
    try withData { folder in
      let file = folder.file("each")
      try folder.write(
        "#!/bin/bash\n[ ${OMPI_COMM_WORLD_RANK:-$PMI_RANK} = 0 ] || exit 1\nexec \(Tool.path) train --out run \(small)\n",
        "each")
      chmod(file, 0o700)
      for mpi in MPI.installed {
        let all = mpi.command(2, ["/usr/bin/env", "VAE_MPI_PATIENCE=2", file])
        let result = try Tool.run(all[0], Array(all.dropFirst()), in: folder)
        #expect(result.status != 0 && result.status != 124)
        if mpi.name == "MPICH" {
          #expect(result.errors.contains("Not all of the 2 ranks have joined"), "\(result.errors)")
        }
      }
    }
  }

  /// A launcher whose processes the library does not know of would start that many runs in one folder.
  @Test func refusesAnotherLauncher() throws {
    try withData { folder in
      let mpi = MPI.installed[0]
      let names = mpi.name == "MPICH" ? ("PMI_RANK", "PMI_SIZE") : ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")
      let alone = try Tool.run(
        "/usr/bin/env",
        ["\(names.0)=0", "\(names.1)=2", "/usr/bin/timeout", "20", Tool.path, "train", "--out", "run"]
          + small.split(separator: " ").map(String.init), in: folder)
      #expect(alone.status != 0)
      if mpi.name != "MPICH" { #expect(alone.errors.contains("of different implementations")) }
      #expect(!folder.names.contains { $0.hasPrefix("run") })
    }
  }

  private let long = "train --out run --data data --hidden 30 --latent 3 --batch-size 1100 --checkpoint-steps 3"

  /// One rank hears of it, or the launcher, and all save together.
  @Test(arguments: MPI.installed, [SIGTERM, SIGUSR1]) func signalsSave(mpi: MPI, signal: Int32) throws {
    try withData { folder in
      let command = mpi.command(3, [Tool.path] + (long + " --epochs 100000").split(separator: " ").map(String.init))
      let tool = try RunningTool(command, in: folder)
      tool.wait(untilStep: 10, of: "run")
      let ranks = try processes(in: folder)
      #expect(ranks.count == 3)
      kill(ranks[2], signal)
      let result = try tool.result()
      #expect(result.exited && result.status == 128 + signal, "\(result.status): \(result.errors)")
      #expect(result.errors.contains("saved; go on with: vae train --resume run"))
      try expectEnd(in: folder)
    }
  }

  @Test(arguments: MPI.installed) func killsLoseNothing(mpi: MPI) throws {
    try withData { folder in
      let settings = (long + " --epochs 100000").split(separator: " ").map(String.init)
      var tool = try RunningTool(mpi.command(2, [Tool.path] + settings), in: folder)
      tool.wait(untilStep: 0, of: "run")
      tool.wait { folder.names.contains("run/config.json") }
      for ranks in [3, 4, 2] {
        tool.wait(untilStep: folder.lastStep(of: "run") + 4, of: "run")
        usleep(UInt32.random(in: 0...20_000))
        kill(try #require(processes(in: folder).randomElement()), SIGKILL)
        #expect(try tool.result().status != 0)
        #expect(try processes(in: folder).isEmpty)
        tool = try RunningTool(mpi.command(ranks, [Tool.path, "train", "--resume", "run"]), in: folder)
      }
      tool.wait(untilStep: folder.lastStep(of: "run") + 4, of: "run")
      kill(try #require(processes(in: folder).first), SIGTERM)
      _ = try tool.result()
      try expectEnd(in: folder)
      #expect(folder.names.allSatisfy { !$0.hasSuffix(".tmp") && !$0.hasSuffix(".damaged") })
    }
  }

  /// An uninterrupted run of as many epochs.
  private func expectEnd(in folder: TemporaryFolder) throws {
    let newest = try #require(folder.checkpoints(of: "run").last)
    let epochs = try Checkpoint<Float>(contentsOf: folder.file(newest)).epoch + 1
    try folder.vae("train --resume run --epochs \(epochs)")
    try folder.vae(long.replacing("--out run", with: "--out straight") + " --epochs \(epochs)")
    try folder.expectSame("run", "straight")
  }

  /// The processes of `vae` that run in a folder.
  private func processes(in folder: TemporaryFolder) throws -> [pid_t] {
    let place = URL(filePath: folder.path).resolvingSymlinksInPath().path
    return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { process in
      let files = FileManager.default
      let isThere = (try? files.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")) == place
      return isThere
        && (try? files.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe"))?.hasSuffix("/vae") == true
    }.sorted()
  }
}
