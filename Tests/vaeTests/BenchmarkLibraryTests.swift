import Foundation
import TestSupport
import Testing

private let compiler = CCompiler()

/// `vae-bench gemm` measures any BLAS that it can load, and none that computes wrongly.
@Suite(.enabled(if: compiler != nil && Tool.canLoadLibraries, "needs a C compiler and no sanitizer"))
struct BenchmarkLibraryTests {
  /// Runs a small product of 30 numbers by our BLAS and by one that is compiled with some definitions.
  private func measure(_ definitions: [String], _ arguments: [String] = []) throws -> Tool.Result {
    try withTemporaryFolder { folder in
      let library = try #require(compiler).library(of: "naive_blas.c", definitions, in: folder)
      return try Tool.run(
        Tool.benchmark,
        ["gemm", "--library", library, "--rounds", "1", "--shape", "7x5x30", "--threads", "1,2"] + arguments, in: folder
      )
    }
  }

  /// What was measured: by whom, and on how many threads, where that can be set.
  private func rows(_ result: Tool.Result) throws -> [String] {
    let report = try #require(try result.json()["result"] as? [String: Any])
    return try #require(report["products"] as? [[String: Any]]).map { row in
      "\(row["by"]!) \(row["threads"] ?? "–")"
    }
  }

  /// A library of plain loops, whatever its integers are, beside ours.
  @Test(arguments: ["int", "long"]) func measuresAnother(integer: String) throws {
    let definitions = ["INTEGER=" + integer]
    let result = try measure(definitions, ["--json", "--transposes", "--bf16"])
    #expect(result.status == 0, "\(result.errors)")
    let name = "naive_blas.c-INTEGER=\(integer).so"
    #expect(
      Set(try rows(result)) == [
        "OpenBLAS sgemm 1", "OpenBLAS sgemm 2", "\(name) sgemm –", "VAECore bf16 1", "VAECore bf16 2",
        "VAECore bf16 and packing 1", "VAECore bf16 and packing 2", "\(name) sbgemm –",
      ])
  }

  @Test func setsThreads() throws {
    let result = try measure(["THREADS"], ["--json", "--double"])
    #expect(result.status == 0, "\(result.errors)")
    let name = "naive_blas.c-THREADS.so"
    #expect(
      try rows(result) == ["OpenBLAS dgemm 1", "OpenBLAS dgemm 2", "\(name) dgemm 1", "\(name) dgemm 2"])
  }

  @Test func saysThatThreadsCannotBeSet() throws {
    let result = try measure([])
    #expect(result.output.contains("It has no function that sets its number of threads"), "\(result.output)")
  }

  /// It is named, with the element that is wrong, and nothing is reported.
  @Test(arguments: [[], ["--double"]]) func refusesWrongResults(arguments: [String]) throws {
    let result = try measure(["WRONG=1"], arguments)
    #expect(result.exited && result.status != 0 && result.output.isEmpty, "\(result.output)")
    expectMessage(
      result.errors, ["naive_blas.c-WRONG=1.so", "7x5x30 NN is wrong: element [6, 4] is"], "gemm", #_sourceLocation)
  }

  @Test func refusesWhatIsNoBLAS() throws {
    let result = try measure(["EMPTY"])
    #expect(result.exited && result.status != 0)
    expectMessage(
      result.errors, ["naive_blas.c-EMPTY.so", "no BLAS", "cblas_sgemm"], "gemm", #_sourceLocation)
  }
}
