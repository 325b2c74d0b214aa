import ArgumentParser
import CommandSupport
import Foundation
import VAECore
import VAEFiles

struct GEMM: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gemm",
    abstract: "GFLOP/s of matrix products over shapes, by OpenBLAS and by other libraries.",
    discussion: """
      Without a shape, squares from 64 to 1024. With --vae, every product of a training step of that shape \
      (--batch-size, --samples, --data-size, --hidden, --latent).

      Everything is measured in turn, and with it what the processor computes at best: multiplications and additions \
      that never leave its registers. Of a library that cannot be told how many threads to take there is one row \
      of each product.
      """)

  @Option(
    help: ArgumentHelp("A shape, as 100x500x784: C is m × n, the sum runs over k. May be repeated.", valueName: "MxNxK")
  )
  var shape: [String] = []
  @Flag(help: "Every product of a training step.") var vae = false
  @OptionGroup var step: StepShape
  @Flag(help: "All four transposes of each shape.") var transposes = false
  @Flag(help: "In double precision (dgemm).") var double = false
  @Flag(
    help: """
      Besides, products of bfloat16 numbers, as training in mixed precision makes them, with and without packing; and by \
      libraries that have cblas_sbgemm.
      """) var bf16 = false
  @Option(
    help: ArgumentHelp(
      "Another BLAS with a C interface (BLIS, MKL, an OpenBLAS …), to measure beside ours. May be repeated.",
      valueName: "file"))
  var library: [String] = []
  @Option(help: "Numbers of threads, as 1,2. (default: 1 and all cores)") var threads: String?
  @Option(help: ArgumentHelp("OpenBLAS kernels to force, as Haswell,SkylakeX.", valueName: "names")) var coreTypes:
    String?
  @OptionGroup var effort: EffortOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var plot: PlotOption
  @Option(
    help: ArgumentHelp("Draw a roofline plot into an SVG file, with the speed of memory.", valueName: "file.svg"))
  var roofline: String?

  func run() throws {
    try plot.checkWritable()
    if let roofline { try AtomicFile.check(roofline) }
    let machine = Machine()
    if let coreTypes { return try CoreTypes(coreTypes).run() }
    let products = try self.products()
    let counts = try threadCounts(machine)
    let loaded = try library.map { path in try BLASLibrary(path: path) }
    let restored = BLAS.threads
    defer { BLAS.threads = restored }
    let comparison = try compare(products, MeasuredLibrary.all([.linked] + loaded, counts), counts)
    try output.show(comparison, comparison.table, on: machine, notes: comparison.notes)
    let title = "Matrix products on \(machine.processor)"
    try plot.draw(comparison.plot(title: title))
    if let roofline { try Roofline(comparison, title: title).plot.writeSVG(to: roofline) }
  }

  private func compare(
    _ products: [Product], _ libraries: [MeasuredLibrary], _ counts: [Int]
  ) throws -> ProductComparison {
    let teams = counts.map { ThreadTeam(threads: $0) }
    let kinds: [Ceiling.Kind] =
      [double ? .float64 : .float32] + (alsoBFloat16 ? [.bfloat16] : []) + (roofline == nil ? [] : [.memory])
    let ceilings = kinds.flatMap { kind in teams.map { Ceiling(kind, $0) } }
    return try ProductComparison(of: products, libraries, ceilings, rounds: effort.rounds) { product in
      (double ? Contender.all(libraries, product, Double.self) : Contender.all(libraries, product, Float.self))
        + (alsoBFloat16 ? Contender.bfloat16(libraries, product, teams) : [])
    }
  }

  /// Whether asked for, or because the training step is one of mixed precision.
  private var alsoBFloat16: Bool {
    switch step.precision {
    case .full: bf16
    case .mixed: true
    }
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
      // Products of bfloat16 numbers have matrices of their own, packed and as they are.
      let bytes = product.byteCount(of: double ? .float64 : .float32, times: alsoBFloat16 ? 3 : 1)
      guard let bytes, bytes <= memory else {
        throw VAEError(
          .configuration,
          "\(product.shape) takes \(bytes.map { "\($0) bytes" } ?? "more bytes than can be counted"); "
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
