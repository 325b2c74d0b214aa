import Foundation
import TestSupport
import Testing

/// `vae-bench` runs, on small shapes, and refuses what makes no sense. (What it measures is nobody's test.)
struct BenchmarkTests {
  private static let small = ["--batch-size", "10", "--data-size", "20", "--hidden", "8", "--latent", "2"]

  static let commands: [[String]] = [
    ["gemm", "--shape", "10x20x30", "--rounds", "1", "--transposes"],
    ["gemm", "--vae", "--double", "--threads", "1", "--rounds", "1"] + small,
    ["gemm", "--vae", "--bf16", "--rounds", "1"] + small,
    ["step", "--rounds", "1"] + small,
    ["estimators", "--counts", "1,3", "--rounds", "1"] + small,
    ["scale", "--axis", "L", "--doublings", "1", "--rounds", "1"] + small,
    ["encode", "--counts", "1,30", "--rounds", "1"] + small,
    ["step", "--rounds", "1", "--precision", "mixed"] + small,
    ["scale", "--simulate-threads", "1,3,16", "--rounds", "1"] + small,
    ["scale", "--simulate-threads", "5", "--memory-bandwidth", "0.001", "--precision", "mixed", "--rounds", "1"]
      + small,
  ]

  private func run(_ arguments: [String], in folder: TemporaryFolder) throws -> Tool.Result {
    try Tool.run(Tool.benchmark, arguments, in: folder)
  }

  @Test(arguments: commands) func reports(arguments: [String]) throws {
    try withTemporaryFolder { folder in
      let json = try run(arguments + ["--json"], in: folder)
      #expect(json.status == 0, "\(json.errors)")
      let report = try json.json()
      #expect(report["machine"] != nil && report["result"] != nil)
      let csv = try run(arguments + ["--csv"], in: folder)
      let lines = csv.output.split(separator: "\n")
      #expect(csv.status == 0 && lines.count > 1)
    }
  }

  @Test(arguments: [
    ["scale", "--axis", "L", "--doublings", "1", "--rounds", "1", "--plot"] + small,
    ["gemm", "--shape", "10x20x30", "--rounds", "1", "--plot"],
    ["gemm", "--shape", "10x20x30", "--shape", "1x2x3", "--rounds", "1", "--bf16", "--roofline"],
  ])
  func draws(arguments: [String]) throws {
    try withTemporaryFolder { folder in
      var arguments = arguments
      let option = try #require(arguments.firstIndex { ["--plot", "--roofline"].contains($0) })
      arguments.insert("plot.svg", at: option + 1)
      let result = try run(arguments, in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(String(decoding: try folder.bytes("plot.svg"), as: UTF8.self).contains("<svg"))
    }
  }

  @Test(arguments: [
    (["step", "--batch-size", "0"], "--batch-size must be at least 1"),
    (["step", "--hidden", "5,x"], "--hidden takes widths"),
    (["step", "--threads", "0"], "--threads must be from 1"),
    (["step", "--batch-size", "2000000000"], "bytes; this process may have"),
    (["step", "--data-size", "900000000000000000"], "at most"),
    (["gemm", "--shape", "10x20"], "three positive sizes"),
    (["gemm", "--shape", "2000000000x2000000000x2000000000"], "takes"),
    (["gemm", "--core-types", "Nonesuch"], "There is no core type Nonesuch"),
    (["gemm", "--plot", "no/such/folder.svg"], "cannot be written"),
    (["gemm", "--roofline", "no/such/folder.svg"], "cannot be written"),
    (["gemm", "--library", "no/such/library.so"], "no/such/library.so cannot be loaded as a library"),
    (["gemm", "--library", #filePath], "cannot be loaded as a library"),
    (["gemm", "--library", Tool.benchmark], "cannot be loaded as a library"),
    (["estimators", "--counts", "1,0"], "--counts takes positive numbers"),
    (["scale", "--doublings", "0"], "--doublings must be"),
    (["scale", "--axis", "Q"], "Q"),
    (["scale", "--simulate-threads", "4", "--axis", "M"], "--axis and --plot belong to measurements"),
    (["scale", "--simulate-threads", "4,0"], "--simulate-threads takes numbers"),
    (["scale", "--simulate-threads", "2", "--memory-bandwidth", "0"], "--memory-bandwidth must be"),
  ])
  func refuses(arguments: [String], message: String) throws {
    try withTemporaryFolder { folder in
      let result = try run(arguments, in: folder)
      #expect(result.exited && result.status != 0)
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }

  /// More threads than cores work, and are remarked upon.
  @Test func moreThreadsThanCores() throws {
    try withTemporaryFolder { folder in
      let result = try run(["step", "--rounds", "1", "--threads", "9"] + Self.small, in: folder)
      #expect(result.status == 0 && result.errors.contains("Note: 9 threads on"), "\(result.errors)")
    }
  }
}
