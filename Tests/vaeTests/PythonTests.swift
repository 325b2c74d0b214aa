import Foundation
import TestSupport
import Testing

/// A checkpoint is opened by Python's safetensors, an independent reader.
struct PythonTests {
  /// A Python with safetensors and NumPy: VAE_PYTHON, or the one on the PATH.
  static let python: String? = {
    let candidates = [ProcessInfo.processInfo.environment["VAE_PYTHON"], "python3"].compactMap { $0 }
    return candidates.first { (try? run($0, "import safetensors, numpy"))?.status == 0 }
  }()

  @Test(.enabled(if: python != nil, "needs a Python with safetensors and numpy; set VAE_PYTHON to one"))
  func safetensorsOpensACheckpoint() throws {
    try withTemporaryFolder { folder in
      let training = try Tool.run(
        ["train", "--data", "synthetic", "--hidden", "9", "--latent", "3", "--epochs", "1", "--out", "run"], in: folder)
      #expect(training.status == 0, "\(training.errors)")
      let program = """
        import json
        from safetensors import safe_open
        with safe_open("\(folder.file("run"))/model.safetensors", "np") as file:
          assert json.loads(file.metadata()["configuration"])["hidden"] == [9]
          print(sorted((name, *file.get_tensor(name).shape, str(file.get_tensor(name).dtype)) for name in file.keys()))
        """
      let result = try Self.run(try #require(Self.python), program)
      #expect(
        result.output.split(separator: "\n").first.map(String.init) == """
          [('decoder.0.bias', 9, 'float32'), ('decoder.0.weight', 9, 3, 'float32'), ('encoder.0.bias', 9, 'float32'), \
          ('encoder.0.weight', 9, 256, 'float32'), ('logvar.bias', 3, 'float32'), ('logvar.weight', 3, 9, 'float32'), \
          ('mean.bias', 3, 'float32'), ('mean.weight', 3, 9, 'float32'), ('output.bias', 256, 'float32'), \
          ('output.weight', 256, 9, 'float32')]
          """)
    }
  }

  private static func run(_ python: String, _ program: String) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python, "-c", program]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
