import ArgumentParser
import CommandSupport
import Foundation
import VAECore
import VAEFiles

struct GEMM: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gemm",
    abstract: "GFLOP/s of OpenBLAS's matrix products over shapes.",
    discussion: """
      Without a shape, squares from 64 to 1024. With --vae, every product of a training step of that shape \
      (--batch-size, --samples, --data-size, --hidden, --latent).
      """)

  @Option(
    help: ArgumentHelp("A shape, as 100x500x784: C is m × n, the sum runs over k. May be repeated.", valueName: "MxNxK")
  )
  var shape: [String] = []
  @Flag(help: "Every product of a training step.") var vae = false
  @OptionGroup var step: StepShape
  @Flag(help: "All four transposes of each shape.") var transposes = false
  @Flag(help: "In double precision (dgemm).") var double = false
  @Option(help: "OpenBLAS's numbers of threads, as 1,2. (default: 1 and all cores)") var threads: String?
  @Option(help: ArgumentHelp("OpenBLAS kernels to force, as Haswell,SkylakeX.", valueName: "names")) var coreTypes:
    String?
  @OptionGroup var effort: EffortOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var plot: PlotOption

  func run() throws {
    try plot.checkWritable()
    let machine = Machine()
    if let coreTypes { return try CoreTypes(coreTypes).run() }
    let products = try self.products()
    let counts = try threadCounts(machine)
    let result = try double ? measure(products, counts, Double.self) : measure(products, counts, Float.self)
    var table = Table(["product", "m", "n", "k", "op", "threads", "µs", "GFLOP/s", "of best"])
    for row in result {
      let product = row.product
      table.add([
        product.name, String(product.m), String(product.n), String(product.k), product.transposes, String(row.threads),
        row.seconds.text(in: 1e-6, digits: 1), row.gflops.digits(1), (100 * row.shareOfBest).digits(0) + "%",
      ])
    }
    try output.show(
      result, table, on: machine, notes: ["\(double ? "dgemm" : "sgemm"); op says which factors are transposed (T)."])
    try plot.draw(
      LinePlot(
        title: "\(double ? "dgemm" : "sgemm") on \(machine.processor), OpenBLAS \(machine.openBLASCore)",
        x: .init("number of operations, 2·m·n·k", isLogarithmic: true), y: .init("GFLOP/s"),
        series: counts.map { count in
          .init(
            name: "\(count) thread\(count == 1 ? "" : "s")",
            points: result.filter { $0.threads == count }.map { ($0.product.flops, $0.gflops) }
              .sorted { $0.0 < $1.0 })
        }))
  }

  struct Row: Encodable {
    let product: Product
    let threads: Int
    let seconds: Spread
    let gflops: Double
    var shareOfBest: Double

    enum CodingKeys: String, CodingKey {
      case product, threads, seconds, gflops
      case shareOfBest = "share_of_best"
    }
  }

  private func measure<S: Scalar>(_ products: [Product], _ counts: [Int], _ type: S.Type) throws -> [Row] {
    let restored = BLAS.threads
    defer { BLAS.threads = restored }
    var rows: [Row] = []
    for product in products {
      var run = ProductRun<S>(product)
      try run.check()
      // Some milliseconds per measurement, or the clock is all one sees.
      let repeats = max(1, Int(2e8 / product.flops))
      let spreads = try interleaved(
        effort.rounds,
        counts.map { count in
          {
            BLAS.threads = count
            run.run()
            return seconds { for _ in 0..<repeats { run.run() } } / Double(repeats)
          }
        })
      for (count, spread) in zip(counts, spreads) {
        rows.append(
          Row(
            product: product, threads: count, seconds: spread, gflops: product.flops / spread.median * 1e-9,
            shareOfBest: 0))
      }
    }
    for count in counts {
      let best = rows.filter { $0.threads == count }.map(\.gflops).max() ?? 1
      for index in rows.indices where rows[index].threads == count {
        rows[index].shareOfBest = rows[index].gflops / best
      }
    }
    return rows
  }

  private func products() throws -> [Product] {
    var products = try shape.map { text in
      let sizes = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      guard sizes.count == 3, sizes.allSatisfy({ $0 > 0 && $0 <= Int(Int32.max) }) else {
        throw ValidationError("--shape takes three positive sizes, as 100x500x784; it is \(text).")
      }
      return Product(name: text, m: sizes[0], n: sizes[1], k: sizes[2], transposesA: false, transposesB: false)
    }
    if vae {
      try step.model.validate()
      products += Product.all(of: step)
    }
    if products.isEmpty {
      products = [64, 128, 192, 256, 384, 512, 768, 1024].map {
        Product(name: "square", m: $0, n: $0, k: $0, transposesA: false, transposesB: false)
      }
    }
    if transposes {
      products = products.flatMap { product in
        [(false, false), (false, true), (true, false), (true, true)].map {
          Product(name: product.name, m: product.m, n: product.n, k: product.k, transposesA: $0, transposesB: $1)
        }
      }
    }
    let memory = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    for product in products {
      let bytes = product.byteCount(of: double ? .float64 : .float32)
      guard let bytes, bytes <= memory else {
        throw VAEError(
          .configuration,
          "\(product.m)x\(product.n)x\(product.k) takes \(bytes.map { "\($0) bytes" } ?? "more bytes than can be counted"); "
            + "this machine has \(memory).")
      }
    }
    return products
  }

  private func threadCounts(_ machine: Machine) throws -> [Int] {
    guard let threads else { return Array(Set([1, machine.cores])).sorted() }
    let counts = threads.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard counts.allSatisfy({ (1...1024).contains($0) }) else {
      throw ValidationError("--threads takes numbers from 1 to 1024 separated by commas, as 1,2; it is \(threads).")
    }
    if let most = counts.max(), most > machine.cores {
      Terminal.note("Note: \(most) threads on \(machine.cores) cores.")
    }
    return counts
  }
}

/// Runs the same command once for each of OpenBLAS's kernel families, which it chooses when it is loaded.
private struct CoreTypes {
  private let names: [String]

  init(_ names: String) throws {
    self.names = names.split(separator: ",").map(String.init)
    let known = ["Prescott", "Nehalem", "Sandybridge", "Haswell", "Zen", "SkylakeX", "Cooperlake", "Sapphirerapids"]
    for name in self.names where !known.contains(where: { $0.lowercased() == name.lowercased() }) {
      throw ValidationError("There is no core type \(name); OpenBLAS knows \(known.joined(separator: ", ")).")
    }
  }

  func run() throws {
    let arguments = CommandLine.arguments
    guard let option = arguments.firstIndex(where: { $0.hasPrefix("--core-types") }) else { return }
    let width = arguments[option].contains("=") ? 1 : 2
    let others = Array(arguments[1..<option] + arguments[(option + width)...])
    for name in names {
      let process = Process()
      process.executableURL = Bundle.main.executableURL
      process.arguments = others
      process.environment = ProcessInfo.processInfo.environment.merging(["OPENBLAS_CORETYPE": name]) { $1 }
      try process.run()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else { throw ExitCode(process.terminationStatus) }
      print()
    }
  }
}
