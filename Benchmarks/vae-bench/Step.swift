import ArgumentParser
import CommandSupport
import Foundation
import VAECore

struct Step: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Times a full training step beside its bare matrix products.",
    discussion: """
      The step is reading, forward, backward and Adam, as `vae train` does it. The bare products are the same GEMM \
      calls, each over all rows at once, by OpenBLAS's own threads and on one thread. All are measured in turn.
      """)

  @OptionGroup var shape: StepShape
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var effort: EffortOptions
  @OptionGroup var output: OutputOptions
  @Option(
    help: ArgumentHelp(
      "Answer each line of input with the seconds per step of so many steps, to be timed in turn with other programs.",
      valueName: "steps"))
  var serve: Int?

  func validate() throws {
    if let serve, serve < 1 { throw ValidationError("--serve must be at least 1; it is \(serve).") }
  }

  func run() throws {
    let machine = Machine()
    let threads = threads.resolve(machine)
    try checkGradient(shape, threads: threads)
    if let serve { return try answer(with: serve, threads: threads) }
    let steps = try TrainingSteps(shape.model, shape.training, threads: threads)
    let products = Product.all(of: shape)
    let library = BLASLibrary.linked
    let matrices = products.map { ProductMatrices<Float>($0) }
    for matrices in matrices { try matrices.check(library.name) { library.multiply(matrices) } }

    // Powers of two up to all threads, and all: OpenBLAS is not always fastest on the most.
    let counts = Array(Set(sequence(first: 1) { $0 * 2 }.prefix { $0 < threads } + [threads])).sorted()
    let restored = BLAS.threads
    defer { BLAS.threads = restored }
    func bare(_ count: Int) -> Double {
      BLAS.threads = count
      defer { BLAS.threads = restored }
      return seconds { for _ in 0..<5 { for matrices in matrices { library.multiply(matrices) } } } / 5
    }
    _ = try steps.time()
    _ = counts.map(bare)
    let spreads = try interleaved(
      effort.rounds, [{ try steps.time() }] + counts.map { count in { bare(count) } })
    waitForIdleCores()
    let profile = try steps.profile(epochs: 5, threads: threads)
    let limits = Limits(threads: threads)
    try show(Result(shape, threads, spreads[0], counts, Array(spreads.dropFirst()), products, profile, limits), machine)
  }

  private func answer(with count: Int, threads: Int) throws {
    let steps = try TrainingSteps(shape.model, shape.training, threads: threads, stepsPerEpoch: count)
    for _ in 0..<2 { _ = try steps.time() }
    print("ready")
    fflush(nil)
    while readLine() != nil {
      print(try steps.time())
      fflush(nil)
    }
  }

  struct Result: Encodable {
    struct Bare: Encodable {
      let threads: Int
      let seconds: Spread
    }

    struct Part: Encodable {
      let work: String
      let seconds: Double
      let gflops: Double?
    }

    let shape: StepShape
    let threads: Int
    let seconds: Spread
    let dataPerSecond: Double
    let gflops: Double
    let bareProducts: [Bare]
    let ratioToBareProducts: Double
    let boundSeconds: Double
    let gemmPeakGFLOPS: Double
    let memoryGBPerSecond: Double
    let breakdown: [Part]

    enum CodingKeys: String, CodingKey {
      case shape, threads, seconds, gflops, breakdown
      case dataPerSecond = "data_per_second"
      case bareProducts = "bare_products"
      case ratioToBareProducts = "ratio_to_bare_products"
      case boundSeconds = "bound_seconds"
      case gemmPeakGFLOPS = "gemm_peak_gflops"
      case memoryGBPerSecond = "memory_gb_per_second"
    }

    init(
      _ shape: StepShape, _ threads: Int, _ step: Spread, _ counts: [Int], _ bare: [Spread], _ products: [Product],
      _ profile: [StepProfile.Work: Double], _ limits: Limits
    ) {
      let flops = products.reduce(0) { $0 + $1.flops }
      let network = Network(shape.model)
      self.shape = shape
      self.threads = threads
      seconds = step
      dataPerSecond = Double(shape.batchSize) / step.median
      gflops = flops / step.median * 1e-9
      bareProducts = zip(counts, bare).map { Bare(threads: $0, seconds: $1) }
      ratioToBareProducts = step.median / bare.map(\.median).min()!
      gemmPeakGFLOPS = limits.gflops
      memoryGBPerSecond = limits.gigabytesPerSecond
      // Adam reads parameter and two moments and writes them back: 24 bytes of memory traffic per parameter.
      let parameters = network.tensors.reduce(0) { $0 + $1.count }
      boundSeconds =
        flops / (limits.gflops * 1e9) + Double(24 * parameters) / (limits.gigabytesPerSecond * 1e9)
      breakdown = profile.sorted { $0.value > $1.value }.map { work, seconds in
        let flops = work.product(in: products, network)?.flops
        return Part(
          work: work.text(in: network), seconds: seconds, gflops: flops.map { $0 / seconds * 1e-9 })
      }
    }
  }

  private func show(_ result: Result, _ machine: Machine) throws {
    var table = Table(["", "ms", "GFLOP/s", "share of threads' time"])
    let flops = result.gflops * result.seconds.median
    table.add(["step", result.seconds.text(in: 1e-3, digits: 3), result.gflops.digits(1), ""])
    for bare in result.bareProducts {
      table.add([
        "bare products, OpenBLAS on \(bare.threads)", bare.seconds.text(in: 1e-3, digits: 3),
        (flops / bare.seconds.median).digits(1), "",
      ])
    }
    table.add([
      "bound: products at peak, then Adam at memory speed", (result.boundSeconds * 1e3).digits(3),
      (flops / result.boundSeconds).digits(1), "",
    ])
    let total = result.seconds.median * Double(result.threads)
    for part in result.breakdown {
      table.add([
        "  " + part.work, (part.seconds * 1e3).digits(3), part.gflops.map { $0.digits(1) } ?? "",
        (100 * part.seconds / total).digits(1) + "%",
      ])
    }
    let busy = result.breakdown.reduce(0) { $0 + $1.seconds }
    table.add([
      "  waiting, and all the rest", ((total - busy) * 1e3).digits(3), "",
      (100 * (total - busy) / total).digits(1) + "%",
    ])
    try output.show(
      result, table, on: machine,
      notes: [
        "\(shape.text), Adam, \(result.threads) threads: \(Int(result.dataPerSecond)) data/s; "
          + "\(result.ratioToBareProducts.digits(3)) times its bare products at OpenBLAS's best.",
        "GEMM peak \(result.gemmPeakGFLOPS.digits(0)) GFLOP/s, memory \(result.memoryGBPerSecond.digits(1)) GB/s on "
          + "these threads. Parts are times of all threads together.",
      ])
  }
}

extension StepProfile.Work {
  func text(in network: Network) -> String {
    func layer(_ index: Int) -> String { network.layers[index].parts.map(\.name).joined(separator: "+") }
    return switch self {
    case .load: "data: bytes to floats"
    case .forwardProduct(let index): "forward, \(layer(index)): product"
    case .activation(let index): "forward, \(layer(index)): bias and activation"
    case .noise: "latent: noise"
    case .latentForward: "latent: z and KL"
    case .likelihood: "likelihood and its derivative"
    case .objective: "objective: weights of samples"
    case .backwardProduct(let index): "backward, \(layer(index)): product"
    case .activationBackward(let index): "backward, \(layer(index)): activation"
    case .latentBackward: "latent: derivatives with respect to μ and log σ²"
    case .gradientProduct(let index): "weights, \(layer(index)): product"
    case .biasSum(let index): "weights, \(layer(index)): bias gradient"
    case .leafSum(let index): "weights, \(layer(index)): sum of the leaves"
    case .packing: "packing"
    case .update(let index): "weights, \(layer(index)): Adam"
    }
  }

  /// The matrix product that the work is, if it is one.
  func product(in products: [Product], _ network: Network) -> Product? {
    func named(_ index: Int, _ kind: String) -> Product? {
      let name = network.layers[index].parts.map(\.name).joined(separator: "+") + " " + kind
      return products.first { $0.name == name }
    }
    return switch self {
    case .forwardProduct(let index): named(index, "forward")
    case .backwardProduct(let index): named(index, "backward")
    case .gradientProduct(let index): named(index, "gradient")
    case .load, .packing, .activation, .noise, .latentForward, .likelihood, .objective, .activationBackward,
      .latentBackward,
      .biasSum, .leafSum, .update:
      nil
    }
  }
}
