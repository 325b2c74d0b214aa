/// How the work of a pass is cut into tasks: the one place for the engine's numbers, each with its reason.
///
/// The shape of a product by OpenBLAS decides how its sums are ordered, and so the bits of the result. So it is chosen from the
/// network and the batch, and never from the number of threads that happen to run. In mixed precision no bit depends on
/// it, and it follows the threads.
struct TaskShape: Sendable {
  /// Up to so many rows are one block, whose stages the threads share; more are cut into blocks that go through all stages.
  var rowsOfOneBlock = 512
  /// The rows of a block of several: a GEMM wants a few hundred, or OpenBLAS spends its time on packing the weights.
  var rowsPerBlock = 256
  /// The number of blocks is a multiple of this, so that two or four threads are busy to the end.
  var blockMultiple = 4
  /// A layer of so many units is cut by its units where the threads share a block; a narrower one by rows.
  var wideUnits = 256
  /// The units of a piece of a wide layer: so many that packing the rows again for each piece costs little.
  var unitsPerPiece = 400
  /// The rows of a piece of a narrow layer.
  var rowsPerPiece = 64
  /// The rows of a piece of all that is no matrix product.
  var elementwiseRowsPerPiece = 32
  /// The rows of a weight matrix that one task computes the gradient of and updates.
  var weightRowsPerTile = 512
  /// A weight matrix of fewer rows is one tile; any other has an even number of them, for two threads.
  var leastRowsOfTwoTiles = 128
  /// How many of a tile's outputs the optimizer changes at a time.
  var outputsPerUpdate = 512
  /// Whether a block that goes through all stages is cut by units too.
  var cutsEveryBlock = false
  /// Whether products take in copies of the deltas, so that these are wanted of a block only while it goes through its stages.
  var copiesDeltas = false
  /// What pieces of units begin at multiples of, and pieces of data.
  var outputUnit = 1
  var dataUnit = 1
  /// A pass of fewer products of numbers that does not train runs on one thread: waking others takes longer, some 0.1 ms.
  var productsOfOneThread = 4e6

  /// The data that inference and evaluation take through an engine at once, and the rows: as many as keep its memory small.
  static let dataPerInference = 512
  static let rowsPerInference = 2048

  init(_ precision: Precision, threads: Int) {
    switch precision {
    case .full: break
    case .mixed:
      // A block's activations stay in the second cache, and its deltas.
      rowsPerBlock = 84
      rowsOfOneBlock = 8 * threads
      blockMultiple = threads
      copiesDeltas = true
      // A panel at a time: what the product leaves is taken on while it is in the first cache.
      cutsEveryBlock = true
      (wideUnits, unitsPerPiece, outputUnit) = (0, PackedLayout.panel, PackedLayout.panel)
      weightRowsPerTile = PackedLayout.panel
      outputsPerUpdate = 16
      // Two rows share their units.
      dataUnit = 2
    }
  }

  /// The blocks of a pass over some data, each of so many rows.
  func blocks(of data: Int, rowsPerDatum: Int) -> Partition {
    data * rowsPerDatum > rowsOfOneBlock
      ? Partition(
        data, intoPiecesOf: max(1, rowsPerBlock / rowsPerDatum), countMultipleOf: blockMultiple, unit: dataUnit)
      : Partition(data, intoPiecesOf: data)
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

  /// Whether a product of a shared block is cut by units.
  func isWide(_ units: Int) -> Bool { units >= wideUnits }

  /// The pieces of a product of a shared block: ranges of units, or of data.
  func productPieces(units: Int, data: Int, samples: Int) -> Partition {
    isWide(units)
      ? Partition(units, intoPiecesOf: unitsPerPiece, unit: outputUnit)
      : Partition(data, intoPiecesOf: max(1, rowsPerPiece / samples), unit: dataUnit)
  }

  /// The pieces of all else: ranges of data.
  func elementwisePieces(data: Int, samples: Int) -> Partition {
    Partition(data, intoPiecesOf: max(1, elementwiseRowsPerPiece / samples), unit: dataUnit)
  }

  /// The tiles of a weight matrix.
  func tiles(ofRows rows: Int) -> Partition {
    Partition(
      rows, intoPiecesOf: weightRowsPerTile, countMultipleOf: rows < leastRowsOfTwoTiles ? 1 : 2, unit: outputUnit)
  }
}
