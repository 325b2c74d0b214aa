import Foundation
import TestSupport
import Testing
import VAECore

/// Models and codes that are damaged, or do not fit what they are used on.
struct BadModelTests {
  /// A folder with a model of 6 × 6 images and 3 latent dimensions, data for it, and others.
  private func check(_ arguments: String, _ words: [String]) throws {
    try withTemporaryFolder { folder in
      var configuration = ModelConfiguration(
        dataSize: 36, imageShape: ImageShape(height: 6, width: 6), encoderHidden: [5], latentSize: 3)
      try Checkpoint(model: VariationalAutoencoder<Float>(configuration)).write(to: folder.file("model"))
      configuration.imageShape = nil
      try Checkpoint(model: VariationalAutoencoder<Float>(configuration)).write(to: folder.file("vectors"))
      try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
      let bytes = try folder.bytes("model")
      try folder.write(Array(bytes.dropLast(5)), "truncated")
      try folder.write("hello, world", "text")
      try folder.write(idxImages(count: 10), "data")
      try folder.write(idxImages(count: 10, side: 5), "others")
      try NPY.write(Matrix<Float>(rows: 2, columns: 2), to: folder.file("narrow.npy"))
      try NPY.write(
        Matrix<Float>(rows: 2, columns: 3, elements: [0, 0, 0, 0, .nan, 0]), to: folder.file("nan.npy"))
      try folder.expectFailure(arguments.split(separator: " ").map(String.init), words)
    }
  }

  @Test(arguments: [
    ("missing", ["missing", "No such file"]), ("truncated", ["truncated", "safetensors"]), ("text", ["text"]),
    ("empty", ["empty", "model.safetensors"]), ("data", ["data"]),
  ])
  func models(name: String, words: [String]) throws {
    for command in ["inspect \(name)", "evaluate \(name) --data data", "sample \(name) --out picture.png"] {
      try check(command, words)
    }
  }

  @Test(arguments: ["evaluate model", "reconstruct model --out picture.png", "encode model --out codes.npy"])
  func dataOfAnotherSize(command: String) throws {
    try check("\(command) --data others", ["25 values", "takes 36", "others"])
    try check("\(command) --data data --split test", ["data", "test"])
    try check("\(command) --data data --limit 0", ["--limit", "0"])
  }

  @Test(arguments: [
    ("sample model --out p.png --latent-grid 3", ["two latent dimensions", "has 3"]),
    ("sample vectors --out p.png", ["not images", "decode"]),
    ("reconstruct vectors --data data --out p.png", ["not images", "encode"]),
    ("sample model --out p.png --count 0", ["--count", "0"]),
    ("sample model --out p.png --columns 0", ["--columns", "0"]),
    ("sample model --out p.png --latent-grid 0", ["--latent-grid", "0"]),
    ("sample model --out missing/p.png", ["missing/p.png", "No such file"]),
    ("sample model --out empty", ["--out", ".png", "empty"]),
    ("encode model --data data --out a.npy --variance a.npy", ["same file"]),
    ("encode model --data data --out missing/a.npy", ["missing/a.npy", "No such file"]),
    ("decode model --codes narrow.npy --out x.npy", ["narrow.npy", "2 columns", "3 latent"]),
    ("decode model --codes nan.npy --out x.npy", ["nan.npy", "datum 1, column 2 (mu_2)"]),
    ("decode model --codes text --out x.npy", ["text"]),
    ("decode model --codes missing.npy --out x.npy", ["missing.npy", "There is no"]),
    ("evaluate model --data data --samples 0", ["--samples", "0"]),
    ("evaluate model --data data --binarize maybe", ["maybe", "dynamic"]),
  ])
  func calls(arguments: String, words: [String]) throws { try check(arguments, words) }
}
