import Foundation
import Testing

/// Reference values from Tests/Fixtures/reference_evaluation.py.
struct EvaluationFixture: Decodable {
  struct ROCCase: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let scores: [Double]
    let classes: [Bool]
    let area: Double
    var testDescription: String { name }
  }

  struct PPCACase: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let dataSize: Int
    let latentSize: Int
    let data: [Double]
    let other: [Double]
    let spectrum: [Double]
    let noiseVariance: Double
    let logLikelihoods: [Double]
    var testDescription: String { name }
  }

  let roc: [ROCCase]
  let ppca: [PPCACase]

  static let shared: EvaluationFixture = {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fixtures/reference_evaluation.json")
    // A missing or damaged fixture must fail, not skip.
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try! decoder.decode(EvaluationFixture.self, from: Data(contentsOf: file))
  }()
}
