import CommandSupport
import VAECore

/// Products, each made by everybody who can make it, measured in turn with the machine's ceilings.
struct ProductComparison: Encodable {
  struct Row: Encodable {
    let product: Product
    let by: String
    let type: Ceiling.Kind
    /// None where its number of threads cannot be set.
    let threads: Int?
    let seconds: Spread
    let gflops: Double
    /// Of the most GFLOP/s of the same type of numbers on as many threads.
    fileprivate(set) var shareOfBest: Double?
    /// Of the peak of its type and threads.
    fileprivate(set) var shareOfPeak: Double?

    fileprivate init(_ product: Product, _ contender: Contender, _ seconds: Spread) {
      self.product = product
      (by, type, threads) = (contender.name, contender.type, contender.threads)
      self.seconds = seconds
      gflops = product.flops / seconds.median * 1e-9
    }

    enum CodingKeys: String, CodingKey {
      case product, by, type, threads, seconds, gflops
      case shareOfBest = "share_of_best"
      case shareOfPeak = "share_of_peak"
    }

    /// Operations for each byte of the three matrices, were each of them moved once.
    var intensity: Double { product.flops / product.bytes(of: type) }
  }

  struct Limit: Encodable {
    let kind: Ceiling.Kind
    let threads: Int
    let means: String
    /// GFLOP/s, of memory GB/s: the best of all rounds, in which the machine was disturbed least.
    let best: Double
    let rate: Spread

    fileprivate init(_ ceiling: Ceiling) {
      (kind, threads, means) = (ceiling.kind, ceiling.threads, ceiling.means)
      best = ceiling.readings.max()!
      rate = Spread(ceiling.readings)
    }
  }

  private(set) var products: [Row] = []
  let limits: [Limit]
  let libraries: [MeasuredLibrary]

  /// `contenders` gives those who make a product, with some libraries or without.
  init(
    of products: [Product], _ libraries: [MeasuredLibrary], _ ceilings: [Ceiling], rounds: Int,
    contenders: (Product) -> [Contender]
  ) throws {
    self.libraries = libraries
    for product in products {
      let contenders = contenders(product)
      for contender in contenders { try contender.checkResult() }
      // Some milliseconds per measurement, or the clock is all one sees.
      let repeats = max(1, Int(2e8 / product.flops))
      let spreads = try interleaved(
        rounds, contenders.map { contender in { contender.time(repeats: repeats) } } + ceilings.map { $0.measure })
      self.products += zip(contenders, spreads).map { Row(product, $0, $1) }
    }
    limits = ceilings.map(Limit.init)
    for (index, row) in self.products.enumerated() where row.threads != nil {
      let best = self.products.filter { $0.type == row.type && $0.threads == row.threads }.map(\.gflops).max()!
      let peak = limits.first { $0.kind == row.type && $0.threads == row.threads }
      self.products[index].shareOfBest = row.gflops / best
      self.products[index].shareOfPeak = peak.map { row.gflops / $0.best }
    }
  }

  var table: Table {
    var table = Table(["product", "m", "n", "k", "op", "by", "threads", "µs", "GFLOP/s", "of best", "of peak"])
    func percent(_ share: Double?) -> String { share.map { (100 * $0).digits(0) + "%" } ?? "–" }
    for row in products {
      let product = row.product
      table.add([
        product.name, String(product.m), String(product.n), String(product.k), product.transposes, row.by,
        row.threads.map(String.init) ?? "–", row.seconds.text(in: 1e-6, digits: 1), row.gflops.digits(1),
        percent(row.shareOfBest), percent(row.shareOfPeak),
      ])
    }
    return table
  }

  var notes: [String] {
    libraries.map(\.note)
      + limits.map { limit in
        let threads = counted(limit.threads, "thread")
        let (best, rate) = (limit.best.digits(1), limit.rate.text(in: 1, digits: 1))
        return limit.kind == .memory
          ? "Memory on \(threads), read and written by copying: \(best) GB/s at best, \(rate) in the median."
          : "Peak of \(limit.kind.rawValue) on \(threads), in registers by \(limit.means): \(best) GFLOP/s at best, \(rate) in the median."
      } + ["op says which factors are transposed (T); best is the best row of as many threads."]
  }

  /// What was measured of somebody on a number of threads.
  struct Group: Hashable {
    let by: String
    let threads: Int?

    var name: String { by + (threads.map { ", " + counted($0, "thread") } ?? "") }
  }

  /// Everybody, in the order of the rows.
  var groups: [(group: Group, rows: [Row])] {
    let rows = Dictionary(grouping: products) { Group(by: $0.by, threads: $0.threads) }
    var names: [Group] = []
    for row in products {
      let group = Group(by: row.by, threads: row.threads)
      if !names.contains(group) { names.append(group) }
    }
    return names.map { ($0, rows[$0]!) }
  }

  /// GFLOP/s over the size of the product.
  func plot(title: String) -> LinePlot {
    LinePlot(
      title: title, x: .init("number of operations, 2·m·n·k", isLogarithmic: true), y: .init("GFLOP/s"),
      series: groups.map { group, rows in
        .init(name: group.name, points: rows.map { ($0.product.flops, $0.gflops) }.sorted { $0.0 < $1.0 })
      })
  }
}
