import Foundation
import TestSupport
import Testing
import VAECore

/// Likelihoods by their options: trained, stored, proved and explained.
struct LikelihoodCommandTests {
  /// An IDX file of vectors of doubles.
  private static func idx(_ rows: Matrix<Double>) -> [UInt8] {
    func bigEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
    return [0, 0, 14, 2] + bigEndian(UInt32(rows.rows)) + bigEndian(UInt32(rows.columns))
      + rows.elements.flatMap { bigEndian($0.bitPattern) }
  }

  static let options: [(String, Likelihood)] = [
    ("continuous-bernoulli", .continuousBernoulli),
    ("gaussian --variance per-feature", .gaussian(variance: .perFeature)),
    ("laplace --scale 0.5 --output-activation tanh", .laplace(scale: .fixed(0.5), location: .tanh)),
    ("laplace --scale learned", .laplace(scale: .learned)), ("poisson", .poisson),
    ("negative-binomial", .negativeBinomial), ("categorical --groups 3,4,2", .categorical(groups: [3, 4, 2])),
    (
      "category --category-sizes 3,4,2,5,2,2,2,2,3",
      .category(sizes: [3, 4, 2, 5, 2, 2, 2, 2, 3])
    ),
    (
      "mixture --mixture-components 3 --mixture-mean=2.5 --mixture-deviation 1.5 --mixture-interval 1 --mixture-points 0;4",
      .mixture(MixtureColumn(mean: 2.5, deviation: 1.5, interval: 1, points: [0, 4], components: 3))
    ),
    (
      "mixed --columns category(sizes=3;4):2,mixture(mean=1,points=0):3,gaussian:4",
      .mixed([
        .init(2, .category(sizes: [3, 4])), .init(3, .mixture(MixtureColumn(mean: 1, points: [0]))),
        .init(4, .gaussian()),
      ])
    ),
    (
      "mixed --columns gaussian(per-feature):4,categorical:3,poisson:2",
      .mixed([.init(4, .gaussian(variance: .perFeature)), .init(3, .categorical(groups: [3])), .init(2, .poisson)])
    ),
  ]

  @Test(arguments: options) func trainsVerifiesAndExplains(option: String, likelihood: Likelihood) throws {
    try withTemporaryFolder { folder in
      try folder.write(Self.idx(likelihood.exampleData(rows: 60, columns: 9)), "data")
      try folder.vae(
        "train --data data --out run --hidden 5 --latent 2 --epochs 3 --batch-size 20 --likelihood \(option)")
      let checkpoint = try Checkpoint<Float>(contentsOf: folder.file("run/model.safetensors"))
      #expect(checkpoint.model.configuration.likelihood == likelihood)
      try folder.vae("train --config run/config.json --out again")
      #expect(try folder.bytes("again/model.safetensors") == folder.bytes("run/model.safetensors"))
      let evaluation = try folder.vae("evaluate run --data data").output
      #expect(evaluation.contains("−ELBO") && evaluation.contains("nats per datum"))
      #expect(try folder.vae("verify --model run --quotients 5").output.contains("All gradients are right"))
      // Without data, numbers that the likelihood takes.
      try FileManager.default.removeItem(atPath: folder.file("run/config.json"))
      #expect(try folder.vae("verify --model run --quotients 2").output.contains("All gradients are right"))
      let explanation = try folder.vae("explain --model run --data data --weight w1 --json").json()
      #expect(explanation["gradient"] != nil)
    }
  }

  @Test(arguments: [
    ("poisson --variance 1", ["variance", "gaussian"]), ("categorical", ["groups", "3,4,2"]),
    ("categorical --groups 3,4", ["add up to 7", "9 values"]), ("mixed --columns gaussian:4", ["add up to 4"]),
    ("mixed --columns gaussian:-1", ["-1 of"]), ("mixed --columns categorical(none):9", ["\"none\"", "no setting"]),
    ("laplace --scale=-1", ["scale", "-1"]), ("poisson", ["column", "counts", "data"]),
    ("categorical --groups 9", ["one 1 among zeros"]), ("category", ["category_sizes", "3,4,2"]),
    ("category --category-sizes 3", ["1 columns", "9 values"]), ("mixture --mixture-deviation 0", ["positive"]),
    ("mixture --mixture-components 40", ["1 to 32"]), ("mixture --mixture-points x", ["mixture_points", "x"]),
    ("mixture --mixture-means 1;2", ["2 means"]), ("mixed --columns category(sizes=3):9", ["1 columns"]),
    ("mixed --columns mixture(deviation=0):9", ["positive"]), ("poisson --mixture-mean 1", ["mixture"]),
  ])
  func refuses(option: String, words: [String]) throws {
    try withTemporaryFolder { folder in
      try folder.write(Self.idx(.uniform(rows: 4, columns: 9)), "data")
      try folder.expectFailure(
        "train --data data --out run --likelihood \(option)".split(separator: " ").map(String.init), words)
    }
  }

  /// A likelihood on the command line takes its settings with it.
  @Test func anotherLikelihoodDropsTheSettings() throws {
    try withTemporaryFolder { folder in
      try folder.write(Self.idx(Likelihood.categorical(groups: [9]).exampleData(rows: 30, columns: 9)), "data")
      let small = "--hidden 4 --latent 2 --epochs 1"
      try folder.vae("train --data data --out first \(small) --likelihood categorical --groups 9")
      try folder.vae("train --config first/config.json --out second --likelihood poisson")
      let second = try Checkpoint<Float>(contentsOf: folder.file("second/model.safetensors"))
      #expect(second.model.configuration.likelihood == .poisson)
    }
  }
}
