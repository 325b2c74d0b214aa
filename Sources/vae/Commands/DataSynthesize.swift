import ArgumentParser
import CommandSupport
import VAECore
import VAEFiles

struct DataSynthesize: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Makes up data of any number, as NPY: bytes, for tests and benchmarks.",
    discussion: """
      The seed determines the data, and a longer set begins with the shorter one.

        vae data synthesize --count 13000000 --side 28 --pattern noise --out ten-gigabytes.npy
      """)

  @Option(help: "How many data.") var count: Int
  @Option(help: "Values per datum; for --pattern noise.") var size: Int?
  @Option(help: "Make square images with so many pixels a side.") var side: Int?
  @Option(help: "What they look like. (default: images; with --size, noise)") var pattern: SyntheticStream.Pattern?
  @Option(help: "Determines the data.") var seed: UInt64 = 0
  @Option(help: ArgumentHelp("The file to write, or with --shard-size the folder.", valueName: "x.npy")) var out: String
  @Option(help: ArgumentHelp("Write files of so many data each.", valueName: "count")) var shardSize: Int?

  func validate() throws {
    if (size == nil) == (side == nil) {
      throw ValidationError("Give either --side, the pixels of an image's side, or --size, the values of a datum.")
    }
    if let shardSize, shardSize < 1 { throw ValidationError("--shard-size must be at least 1; it is \(shardSize).") }
  }

  func run() throws {
    try checkOutput(out, shardSize: shardSize)
    let shape = side.map { SyntheticStream.Shape.image(side: $0) } ?? .vector(size!)
    let stream = try SyntheticStream(
      count: count, shape: shape, pattern: pattern ?? (side == nil ? .noise : .images), seed: seed)
    try writeData(stream, to: out, shardSize: shardSize)
  }
}

extension SyntheticStream.Pattern: ExpressibleByArgument {}
