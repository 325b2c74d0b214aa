import CommandSupport

/// A roofline plot (Williams, Waterman and Patterson, 2009): how fast products are made, over the operations that they need
/// for each byte, under what memory and what the registers allow.
struct Roofline {
  let plot: LinePlot

  init(_ comparison: ProductComparison, title: String) {
    let memories = comparison.limits.filter { $0.kind == .memory }
    // The highest first: names are placed in this order.
    let roofs = comparison.limits.filter { $0.kind != .memory }.sorted { $0.best > $1.best }
      .compactMap { peak in memories.first { $0.threads == peak.threads }.map { Roof(peak: peak, memory: $0) } }
    // On either side there is room for names.
    let places = comparison.products.map(\.intensity) + roofs.map(\.ridge)
    let range = (least: places.min()! / 6, most: places.max()! * 16)
    var guides = memories.map { memory in
      let ridge = roofs.first { $0.memory.threads == memory.threads }!.ridge
      return LinePlot.Series(
        name: "memory, \(counted(memory.threads, "thread")): \(memory.best.short) GB/s",
        points: [range.least, ridge].map { ($0, $0 * memory.best) })
    }
    guides += roofs.map { roof in
      LinePlot.Series(
        name: "\(roof.peak.kind.rawValue), \(counted(roof.peak.threads, "thread")): \(roof.peak.best.short) GFLOP/s",
        points: [roof.ridge, range.most].map { ($0, roof.peak.best) })
    }
    // Products are numbered. Of those who made one, the fastest is labelled: the others stand under or over it.
    var products: [Product] = []
    for row in comparison.products where !products.contains(row.product) { products.append(row.product) }
    let fastest = Dictionary(grouping: comparison.products) { Column(product: $0.product, intensity: $0.intensity) }
      .mapValues { $0.map(\.gflops).max()! }
    func label(_ row: ProductComparison.Row) -> String {
      let isFastest = row.gflops == fastest[Column(product: row.product, intensity: row.intensity)]
      return isFastest ? String(products.firstIndex(of: row.product)! + 1) : ""
    }
    plot = LinePlot(
      title: title, x: .init("FLOP for each byte of the matrices", isLogarithmic: true),
      y: .init("GFLOP/s", isLogarithmic: true),
      series: comparison.groups.map { group, rows in
        .init(
          name: group.name, points: rows.map { ($0.intensity, $0.gflops) }, labels: rows.map(label), isJoined: false)
      }, guides: guides,
      key: products.enumerated().map { "\($0 + 1): \($1.title)" })
  }

  /// What some threads can do at best.
  private struct Roof {
    let peak: ProductComparison.Limit
    let memory: ProductComparison.Limit

    /// The operations for each byte from which on memory is fast enough.
    var ridge: Double { peak.best / memory.best }
  }

  /// Points over each other: a product of numbers of a type.
  private struct Column: Hashable {
    let product: Product
    let intensity: Double
  }
}
