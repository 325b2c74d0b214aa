/// How the work of a pass is cut into tasks: the one place for the engine's numbers, each with its reason.
///
/// In mixed precision, and where each row's result is its own, no bit depends on it, and it follows the threads. A product by OpenBLAS may order its sums by its shape,
/// and so have other bits: for one or two threads it is cut in one way, the reference, which depends on the network and the
/// batch alone; for more threads finer, wherever OpenBLAS has shown that the bits are the reference's (``ProductCheck``).
struct TaskShape: Sendable {
  let threads: Int
  /// Whether a product may have other bits where it is cut in another way.
  var bitsFollowShape = true
  /// Up to so many rows are one block, whose stages the threads share; more are cut into blocks that go through all stages.
  var rowsOfOneBlock = 512
  /// The rows of a block of several: a GEMM wants a few hundred, or OpenBLAS spends its time on packing the weights.
  var rowsPerBlock = 256
  /// The number of blocks is a multiple of this, so that two or four threads are busy to the end.
  var blockMultiple = 4
  /// The least rows and columns of a piece of a product that the threads share.
  var leastRowsPerPiece = 4
  var leastColumnsPerPiece = 32
  /// OpenBLAS has kernels of their own, and other sums, for products of no more numbers (`DGEMM_SMALL_MATRIX_PERMIT` of its
  /// kernels for AVX-512): 100³.
  var productsOfSmallMatrices = 1_000_000
  /// A piece of m rows and n columns takes as long as (m + `packingOfColumns`)·(n + `packingOfRows`) products: what a column, or a
  /// row, costs that is made ready again for each piece.
  var packingOfRows = 9.0
  var packingOfColumns = 9.0
  /// The rows of a piece of all that is no matrix product.
  var elementwiseRowsPerPiece = 32
  /// The rows of a weight matrix that one task computes the gradient of and updates, at most and at least.
  var weightRowsPerTile = 512
  var leastWeightRowsPerTile = 32
  /// A weight matrix of fewer rows is one tile for two threads; any other has an even number of them.
  var leastRowsOfTwoTiles = 128
  /// How many of a tile's outputs the optimizer changes at a time.
  var outputsPerUpdate = 16
  /// Whether products take in copies of the deltas, so that these are wanted of a block only while it goes through its stages.
  var copiesDeltas = false
  /// What pieces of units begin at multiples of, pieces of data, and tiles.
  var outputUnit = 1
  var dataUnit = 1
  var tileUnit = 1
  /// A pass of fewer products of numbers that does not train runs on one thread: waking others takes longer, some 0.1 ms.
  var productsOfOneThread = 4e6

  /// The data that inference and evaluation take through an engine at once, and the rows: as many as keep its memory small.
  static let dataPerInference = 512
  static let rowsPerInference = 2048

  init(_ precision: Precision, threads: Int, rowsAreAlike: Bool = false) {
    self.threads = threads
    switch precision {
    case .full where rowsAreAlike:
      bitsFollowShape = false
      blockMultiple = threads
      // So many rows at a time, which are made ready for each piece.
      (leastRowsPerPiece, outputUnit, leastColumnsPerPiece, packingOfRows) = (16, 6, 240, 16)
    case .full:
      if isReference { return }
      // Fewer rows are sooner shared than packed with all weights on each thread.
      rowsOfOneBlock = max(rowsOfOneBlock, 128 * threads)
      blockMultiple = threads
      // Its kernels take 16 columns at a time.
      (outputUnit, tileUnit) = (16, 16)
    case .mixed:
      bitsFollowShape = false
      // A block's activations stay in the second cache, and its deltas.
      rowsPerBlock = 84
      rowsOfOneBlock = 4 * threads
      blockMultiple = threads
      copiesDeltas = true
      // A panel at a time: what the product leaves is taken on while it is in the first cache.
      (outputUnit, leastColumnsPerPiece, packingOfRows) = (PackedLayout.panel, PackedLayout.panel, 0)
      // The weights of a panel are read once for all rows of a piece.
      (leastRowsPerPiece, packingOfColumns) = (2, 3)
      (weightRowsPerTile, leastWeightRowsPerTile) = (PackedLayout.panel, 16)
      tileUnit = threads <= 2 ? PackedLayout.panel : 16
      // Two rows share their units.
      dataUnit = 2
    }
  }

  /// Whether it is the one that all others must have the bits of.
  var isReference: Bool { bitsFollowShape && threads <= 2 }

  /// The blocks of a pass over some data, each of so many rows.
  func blocks(of data: Int, rowsPerDatum: Int) -> Partition {
    data * rowsPerDatum > rowsOfOneBlock
      ? Partition(
        data, intoPiecesOf: max(1, rowsPerBlock / rowsPerDatum), countMultipleOf: blockMultiple, unit: dataUnit)
      : .whole(data)
  }

  /// The blocks of one of several leaves, of which a process has `count`.
  func blocks(ofLeaf data: Int, among count: Int, rowsPerDatum: Int) -> Partition {
    // As many as keep all threads busy to the end; the reference's depend on the leaf alone.
    let multiple = (1...threads).first { $0 * count % threads == 0 }!
    return Partition(
      data, intoPiecesOf: max(1, rowsPerBlock / rowsPerDatum), countMultipleOf: multiple, unit: dataUnit)
  }

  /// The most rows of one of several blocks, and of all blocks that threads go through at a time, in passes of at most `rows` rows,
  /// `samples` of each datum; nil where they are beyond counting.
  func mostRows(rows: Int, samples: Int, threads: Int) -> (ofBlock: Int, atATime: Int)? {
    let (least, overflow) = samples.multipliedReportingOverflow(by: dataUnit)
    let block = overflow ? rows : min(max(rowsPerBlock, least), rows)
    if rows <= rowsOfOneBlock { return (block, rows) }
    let (all, isTooMany) = block.multipliedReportingOverflow(by: threads)
    return isTooMany ? nil : (block, max(all, rowsOfOneBlock))
  }

  /// The pieces that a product of `columns` columns is made in while a block goes through all stages.
  func blockPieces(columns: Int, data: Int) -> ProductGrid {
    ProductGrid(
      data: .whole(data),
      columns: bitsFollowShape
        ? .whole(columns) : Partition(columns, intoPiecesOf: leastColumnsPerPiece, unit: outputUnit))
  }

  /// The pieces of all that is no product: ranges of data, for so many threads.
  func elementwisePieces(data: Int, samples: Int, threads: Int) -> Partition {
    let pieces = Partition(data, intoPiecesOf: max(1, elementwiseRowsPerPiece / samples), unit: dataUnit)
    return pieces.count >= threads ? pieces : Partition(data, count: threads, unit: dataUnit)
  }

  /// Ways to cut a product of sums over `depth` terms, whose block the threads share, the best first; those that OpenBLAS would
  /// take for small where the reference is not, or the other way round, are not among them.
  func sharedPieces(columns: Int, depth: Int, data: Int, samples: Int) -> [ProductGrid] {
    let reference = referencePieces(columns: columns, data: data, samples: samples)
    if isReference { return [reference] }
    func isSmall(_ pieces: ProductGrid) -> Bool {
      pieces.data.longest * samples * pieces.columns.longest <= productsOfSmallMatrices / max(depth, 1)
    }
    func partitions(_ total: Int, least: Int, unit: Int) -> [Partition] {
      let most = unit >= least ? (total + unit - 1) / unit : total / least
      return (1...max(1, min(most, 2 * threads))).map { Partition(total, count: $0, unit: unit) }
    }
    func cost(_ pieces: ProductGrid) -> Double {
      Double((pieces.count + threads - 1) / threads)
        * (Double(pieces.data.longest * samples) + packingOfColumns)
        * (Double(pieces.columns.longest) + packingOfRows)
    }
    let ofColumns = partitions(columns, least: leastColumnsPerPiece, unit: outputUnit)
    let all = partitions(data, least: max(1, leastRowsPerPiece / samples), unit: dataUnit).flatMap { data in
      ofColumns.map { ProductGrid(data: data, columns: $0) }
    }
    let best = all.filter { !bitsFollowShape || isSmall($0) == isSmall(reference) }
      .map { (cost: cost($0), pieces: $0) }
      .sorted { ($0.cost, $0.pieces.count) < ($1.cost, $1.pieces.count) }
      .map(\.pieces)
    if !bitsFollowShape { return Array(best.prefix(1)) }
    // Some of the best, and the best of larger and larger pieces.
    let coarser = sequence(first: threads / 2) { $0 / 2 }.prefix { $0 > 1 }
    return best.prefix(6) + coarser.compactMap { most in best.first { $0.count <= most } }
  }

  /// For two threads: a wide layer's units, or else rows, in so many at once that packing the others again costs little.
  private func referencePieces(columns: Int, data: Int, samples: Int) -> ProductGrid {
    columns >= 256
      ? ProductGrid(data: .whole(data), columns: Partition(columns, intoPiecesOf: 400))
      : ProductGrid(data: Partition(data, intoPiecesOf: max(1, 64 / samples)), columns: .whole(columns))
  }

  /// The tiles of all layers' weights, by their outputs.
  func tiles(of network: Network) -> [Partition] {
    if threads <= 2 {
      return network.layers.map {
        Partition(
          $0.outputs, intoPiecesOf: weightRowsPerTile, countMultipleOf: $0.outputs < leastRowsOfTwoTiles ? 1 : 2,
          unit: tileUnit)
      }
    }
    // Tiles of at most a half of a thread's share, or of less, by which the threads end soonest.
    let share = network.layers.reduce(0) { $0 + $1.weightRows * $1.weightColumns } / threads
    let ways = (4...12).map { halves in
      network.layers.map {
        let rows = 2 * share / (halves * $0.weightColumns) / tileUnit * tileUnit
        return Partition(
          $0.outputs, intoPiecesOf: min(max(rows, leastWeightRowsPerTile), weightRowsPerTile), unit: tileUnit)
      }
    }
    return ways.min { time(of: $0, network) < time(of: $1, network) }!
  }

  /// How long threads take for the tiles of some layers, the largest first, in units of a product of numbers.
  private func time(of tiles: [Partition], _ network: Network) -> Double {
    let times = zip(tiles, network.layers).flatMap { tiles, layer in
      (0..<tiles.count).map { (Double(tiles[$0].count) + packingOfColumns) * Double(layer.weightColumns) }
    }
    return ThreadTeam.time(of: times.sorted(by: >), threads: threads)
  }
}
