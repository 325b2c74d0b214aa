import Foundation
import TestSupport
import Testing
import VAECore

/// Whenever a run is killed or told to stop, it goes on to the same end.
struct InterruptionTests {
  private let settings = "--data data --hidden 30 --latent 3 --batch-size 20 --validation 0.1 --binarize dynamic"

  private func withData(_ body: (TemporaryFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 1000, side: 8), "data")
      try body(folder)
    }
  }

  /// An uninterrupted run of as many epochs, to compare with; so many that nothing ends before it is interrupted.
  private func expectEnd(of run: String, in folder: TemporaryFolder, afterEpochs more: Int = 2) throws {
    let newest = try #require(folder.checkpoints(of: run).last)
    let epochs = try Checkpoint<Float>(contentsOf: folder.file(newest)).epoch + more
    try folder.vae("train --resume \(run) --epochs \(epochs)")
    try folder.vae("train --out straight \(settings) --checkpoint-steps 7 --epochs \(epochs)")
    try folder.expectSame(run, "straight")
  }

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)]) func signalsSave(signal: Int32, status: Int32)
    throws
  {
    try withData { folder in
      let tool = try RunningTool("train --out run \(settings) --checkpoint-steps 7 --epochs 1000000", in: folder)
      tool.wait(untilStep: 10, of: "run")
      tool.send(signal)
      let result = try tool.result()
      #expect(result.exited && result.status == status)
      #expect(result.errors.contains("saved; go on with: vae train --resume run"))
      #expect(!folder.names.contains("run/.lock"))
      try expectEnd(of: "run", in: folder)
    }
  }

  /// Whatever the moment: the steps at which a run is killed are others each time, within saves or between them.
  @Test func killsLoseNothing() throws {
    try withData { folder in
      var tool = try RunningTool("train --out run \(settings) --checkpoint-steps 7 --epochs 1000000", in: folder)
      tool.wait(untilStep: 0, of: "run")
      // Its settings are the last that is written before the first step.
      tool.wait { folder.names.contains("run/config.json") }
      for kill in 1...6 {
        tool.wait(untilStep: folder.lastStep(of: "run") + 3 * kill, of: "run")
        usleep(UInt32.random(in: 0...20_000))
        tool.send(SIGKILL)
        #expect(try !tool.result().exited)
        tool = try RunningTool("train --resume run", in: folder)
      }
      tool.send(SIGKILL)
      _ = try tool.result()
      try expectEnd(of: "run", in: folder)
      // Nothing that was half written stays.
      #expect(folder.names.allSatisfy { !$0.hasSuffix(".tmp") && !$0.hasSuffix(".damaged") })
    }
  }

  /// The second Ctrl-C does not wait for the step, which takes long here.
  @Test func theSecondQuitsAtOnce() throws {
    try withTemporaryFolder { folder in
      try folder.write(idxImages(count: 2000, side: 8), "data")
      let tool = try RunningTool(
        "train --data data --out run --hidden 3000 --batch-size 2000 --samples 20 --epochs 1000000", in: folder)
      tool.wait { folder.names.contains("run/config.json") }
      while tool.isRunning {
        tool.send(SIGINT)
        usleep(5000)
      }
      let result = try tool.result()
      #expect(result.exited && result.status == 130)
      #expect(!result.errors.contains("saved"))
    }
  }

  /// One writer at a time, said with the process's number; a killed one's lock is none.
  @Test func aSecondWriterIsRefused() throws {
    try withData { folder in
      let tool = try RunningTool("train --out run \(settings) --checkpoint-steps 7 --epochs 1000000", in: folder)
      tool.wait(untilStep: 10, of: "run")
      // So few epochs that the test ends, should they be let in.
      for arguments in [["--resume", "run"], ["--data", "data", "--out", "run", "--overwrite", "--hidden", "30"]] {
        let result = try Tool.run(["train", "--epochs", "1"] + arguments, in: folder)
        #expect(result.exited && result.status != 0)
        expectMessage(result.errors, ["run", "another process", "\(tool.id)"], "", #_sourceLocation)
      }
      tool.send(SIGKILL)
      _ = try tool.result()
      #expect(folder.names.contains("run/.lock"))
      try expectEnd(of: "run", in: folder)
    }
  }
}
