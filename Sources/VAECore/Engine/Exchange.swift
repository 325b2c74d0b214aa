import Foundation

/// What an engine tells those of other processes in a step, and learns of them.
///
/// Each takes its own leaves of a minibatch through the row phase and sums their gradients up in the largest subtrees of the tree that are
/// its own. Of each parameter one process gets all subtrees' sums, sums up the rest of the tree, takes the optimizer's step, and
/// tells all others what has come out. So each bit is that of one process, which has the same tree.
final class Exchange<S: Scalar> {
  let communicator: any Communicator
  let shares: ParameterShares
  private var received = Buffer<S>(count: 0)
  private var message: [UInt8] = []
  /// Posteriors of all data `[M, 2Z]`, where an objective couples them.
  private var posteriors = Buffer<S>(count: 0)
  private let queue = ExchangeQueue()
  private var trial = OverlapTrial()
  /// Why those could not be had.
  private var failure: VAEError?

  init(_ communicator: any Communicator, _ network: Network) {
    self.communicator = communicator
    shares = ParameterShares(network, rank: communicator.rank, among: communicator.count)
  }

  var rank: Int { communicator.rank }
  var count: Int { communicator.count }

  /// The leaves of each process.
  func owned(_ leaves: Leaves) -> [Range<Int>] { (0..<count).map { leaves.share(of: $0, among: count) } }

  /// The terms of all data's losses, in place, and the sum over the processes of a number.
  func gatherTerms(
    _ terms: EngineMemory<S>.Terms, _ leaves: Leaves, samples: Int, number: Int
  ) throws(VAEError) -> Int {
    if let failure { throw failure }
    let data = owned(leaves).map { leaves.data(of: $0) }
    let size = MemoryLayout<S>.stride
    // Of each process the number, and of its data the terms of their rows and two of their own.
    let lengths = data.map { 16 + $0.count * (samples + 2) * size }
    var offsets = [0]
    for length in lengths { offsets.append(offsets.last! + (length + 15) / 16 * 16) }
    if message.count < offsets.last! { message = Array(repeating: 0, count: offsets.last!) }
    func parts(_ rank: Int) -> [(MutableMatrixView<S>, Int)] {
      let (data, first) = (data[rank], offsets[rank] + 16)
      return [
        (terms.losses.columns(data.lowerBound * samples..<data.upperBound * samples), first),
        (terms.kl.columns(data), first + data.count * samples * size),
        (terms.datumLosses.columns(data), first + data.count * (samples + 1) * size),
      ]
    }
    var failure: VAEError?
    var sum = 0
    message.withUnsafeMutableBytes { bytes in
      bytes.storeBytes(of: number, toByteOffset: offsets[rank], as: Int.self)
      for (part, offset) in parts(rank) {
        bytes.baseAddress!.advanced(by: offset).copyMemory(from: part.base, byteCount: part.count * size)
      }
      do throws(VAEError) {
        try communicator.gather(bytes, (0..<count).map { offsets[$0]..<offsets[$0] + lengths[$0] })
      } catch {
        failure = error
        return
      }
      for other in 0..<count {
        sum += bytes.load(fromByteOffset: offsets[other], as: Int.self)
        if other == rank { continue }
        for (part, offset) in parts(other) {
          UnsafeMutableRawPointer(part.base)
            .copyMemory(from: bytes.baseAddress!.advanced(by: offset), byteCount: part.count * size)
        }
      }
    }
    if let failure { throw failure }
    return sum
  }

  /// The posteriors of all data `[M, 2Z]`, of which these are this process's. Where that fails, it is the gathering of terms
  /// that says so: it comes after it in every step, and may throw.
  func gatherPosteriors(_ own: MatrixView<S>, _ leaves: Leaves) -> MatrixView<S> {
    let (rows, columns) = (leaves.data.total, own.columns)
    if posteriors.count < rows * columns { posteriors = Buffer(count: rows * columns) }
    let all = posteriors.mutableView.matrix(rows: rows, columns: columns)
    let data = owned(leaves).map { leaves.data(of: $0) }
    if !data[rank].isEmpty { all.rows(data[rank]).copy(from: own) }
    do throws(VAEError) {
      try communicator.gather(
        all.matrix(rows: 1, columns: all.count), data.map { $0.lowerBound * columns..<$0.upperBound * columns })
    } catch { failure = error }
    return all.view
  }

  /// Sums the processes' subtrees of a gradient up, takes the optimizer's step, and shares what has come out; whether the gradient was
  /// too long.
  ///
  /// - Parameters:
  ///   - vectors: the gradient of each of this process's subtrees.
  ///   - compute: computes some chunks of these, maybe while one before is on its way.
  func update(
    _ vectors: [MutableMatrixView<S>], _ leaves: Leaves, by update: ParameterUpdate<S>, _ engine: Engine<S>,
    computing compute: (_ chunks: Range<Int>) -> Void
  ) throws(VAEError) -> Result<Bool, ClippingProblem> {
    let subtrees = owned(leaves).map { leaves.subtrees(of: $0) }
    let sizes = subtrees.flatMap { $0.map(\.count) }
    let length = shares.own.reduce(0) { $0 + $1.count }
    if received.count < sizes.count * length { received = Buffer(count: sizes.count * length) }
    var places: [SlicePlace] = []
    var start = 0
    for chunk in shares.chunks {
      places.append(SlicePlace(chunk: chunk, rank: rank, start: start, count: sizes.count))
      start += chunk.slices[rank].count
    }
    let all = received.mutableView
    let rounds = places.map { place in
      SliceRound(
        engine: engine,
        pieces: place.chunk.owned[rank].map { SlicePiece(index: $0, range: engine.vectorPieces[$0], place: place) },
        received: all, sizes: sizes, update: update)
    }
    let began = ContinuousClock.now
    let overlaps = trial.overlaps
    /// Exchanges something: on the queue's thread, or here and now.
    func exchange(_ work: @escaping () throws(VAEError) -> Void) throws(VAEError) -> Int? {
      if overlaps { return queue.submit(work) }
      try work()
      return nil
    }
    /// The update of a chunk, which is then on its way to all.
    func run(_ round: SliceRound<S>, of chunk: Int) throws(VAEError) {
      engine.team.run(round.pieces.count, round)
      _ = try exchange { [communicator, chunk = shares.chunks[chunk]] () throws(VAEError) in
        try communicator.gather(update.parameters, chunk.slices)
      }
    }
    if !overlaps { compute(0..<places.count) }
    var sent: [Int?] = []
    for (chunk, place) in places.enumerated() {
      if overlaps { compute(chunk..<chunk + 1) }
      sent.append(try exchange { [self] () throws(VAEError) in try send(vectors, subtrees, place) })
      // The chunk before, in an order that all ranks keep.
      if update.clipNorm == nil && chunk > 0 {
        if let number = sent[chunk - 1] { try queue.wait(for: number) }
        try run(rounds[chunk - 1], of: chunk - 1)
      }
    }
    if let number = sent[sent.count - 1] { try queue.wait(for: number) }
    var isClipped = false
    if let limit = update.clipNorm {
      for round in rounds { engine.team.run(round.pieces.count, round.summing) }
      try gatherSquares(engine)
      let norm = (0..<engine.vectorPieces.count).reduce(0) { $0 + engine.squares[$1] }.squareRoot()
      guard norm.isFinite else {
        return .failure(try problem(norm, rounds.flatMap(\.pieces), all, update, engine))
      }
      isClipped = norm > limit
      for (chunk, round) in rounds.enumerated() {
        try run(round.updating(scale: isClipped ? limit / norm : nil), of: chunk)
      }
    } else {
      try run(rounds[rounds.count - 1], of: rounds.count - 1)
    }
    try queue.wait()
    try trial.add((ContinuousClock.now - began).inSeconds, communicator)
    engine.products.forgetParameters()
    try shareFault(engine)
    return .success(isClipped)
  }

  /// Every process's subtrees of a chunk to whose slices they are.
  private func send(
    _ vectors: [MutableMatrixView<S>], _ subtrees: [[Range<Int>]], _ place: SlicePlace
  ) throws(VAEError) {
    let size = MemoryLayout<S>.stride
    let all = received.mutableView
    for turn in 0..<subtrees.reduce(0, { max($0, $1.count) }) {
      let sends = turn < subtrees[rank].count
      let sent = place.chunk.slices.map { sends ? $0.lowerBound * size..<$0.upperBound * size : 0..<0 }
      var before = 0
      var into: [Range<Int>] = []
      for other in 0..<count {
        let offset = place.offset(before + turn) * size
        into.append(turn < subtrees[other].count ? offset..<offset + place.slice.count * size : 0..<0)
        before += subtrees[other].count
      }
      let vector = sends ? vectors[turn] : all
      try communicator.transfer(
        UnsafeRawBufferPointer(start: vector.base, count: vector.count * size), sent,
        UnsafeMutableRawBufferPointer(start: all.base, count: all.count * size), into)
    }
  }

  /// The sums of squares of all pieces.
  private func gatherSquares(_ engine: Engine<S>) throws(VAEError) {
    for chunk in shares.chunks {
      var squares = chunk.pieces.map { engine.squares[$0] }
      var failure: VAEError?
      squares.withUnsafeMutableBytes { bytes in
        do throws(VAEError) {
          try communicator.gather(
            bytes,
            chunk.owned.map {
              ($0.lowerBound - chunk.pieces.lowerBound) * 8..<($0.upperBound - chunk.pieces.lowerBound) * 8
            })
        } catch { failure = error }
      }
      if let failure { throw failure }
      for (index, piece) in chunk.pieces.enumerated() { engine.squares[piece] = squares[index] }
    }
  }

  /// What is wrong with a gradient whose norm is not finite.
  private func problem(
    _ norm: Double, _ pieces: [SlicePiece], _ gradient: MutableMatrixView<S>, _ update: ParameterUpdate<S>,
    _ engine: Engine<S>
  ) throws(VAEError) -> ClippingProblem {
    let own =
      pieces.lazy.compactMap { piece in
        let first = piece.offset(0)
        return gradient.view.columns(first..<first + piece.range.count).firstNotFinite
          .map { piece.range.lowerBound + $0 }
      }.first ?? .max
    let first = try communicator.all(own).min()!
    return ClippingProblem(first == .max ? nil : first, norm: norm, step: update.step, engine.network)
  }

  /// What an optimizer remembers of all parameters, of which each process has its own.
  func gather(_ own: OptimizerState<S>, _ optimizer: Optimizer, parameterCount: Int) throws(VAEError) -> OptimizerState<
    S
  > {
    var whole = OptimizerState<S>(optimizer, parameterCount: parameterCount)
    func gather(_ own: Buffer<S>, into whole: inout Buffer<S>) throws(VAEError) {
      let all = whole.mutableView
      var start = 0
      for chunk in shares.chunks {
        let slice = chunk.slices[rank]
        all.columns(slice).copy(from: own.view.columns(start..<start + slice.count))
        start += slice.count
        try communicator.gather(all, chunk.slices)
      }
    }
    if let first = own.first { try gather(first, into: &whole.first!) }
    if let second = own.second { try gather(second, into: &whole.second!) }
    return whole
  }

  /// The first fault of all, to all.
  private func shareFault(_ engine: Engine<S>) throws(VAEError) {
    let own = engine.firstFault.map { 2 * $0.offset + ($0.isGradient ? 1 : 0) } ?? .max
    let first = try communicator.all(own).min()!
    if first < .max { engine.faults[0] = UpdateFault(offset: first / 2, isGradient: first % 2 == 1) }
  }
}
