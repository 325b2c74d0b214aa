import Foundation
import VAECore
import VAEFiles

/// What a run is trained on: data to which an epoch can come back, or data that come once.
struct TrainingInput {
  /// The data; of a pass its first window, in place of all.
  private(set) var data: DataSplit
  /// Standard input, or a pipe, where it does not fit into memory or a window for it is set.
  private(set) var pass: DataPass?
  /// Whether missing values are still to be replaced: by the means of the data that are left to train on.
  private let awaitsMeans: Bool

  /// N, the data of an epoch, where it is known.
  var count: Int? { if let pass { pass.count } else { data.train.count } }

  /// Opens the data that somebody asks for.
  ///
  /// - Parameters:
  ///   - window: the shuffle window, where one is set.
  ///   - memory: the bytes for data to be held in memory.
  ///   - isSplit: whether a part of them is to be set aside, which is no training data then.
  init(_ request: DataRequest, window: Int?, memory: Int, isSplit: Bool) throws {
    var request = request
    awaitsMeans = isSplit && request.table.missing == .mean
    if awaitsMeans { request.table.missing = .nan }
    // What is known of data beside their values belongs to data that are all there.
    guard DataInput.comesOnce(request.location), request.condition == nil, request.weights == nil else {
      data = try DataLocation.open(request)
      return
    }
    let file = try DataFile.open(request.location, options: request.table)
    let descriptions = ["train": DataSplit.Description(format: file.format, table: file.table)]
    let stream = try LevelledStream(InterruptibleStream(file.data.stream), request.whiteLevel)
    let extent: DataPass.Extent =
      if let window {
        .more(try DataPass(of: stream, windowSize: window))
      } else {
        try DataPass.read(stream, memory: memory)
      }
    switch extent {
    case .all(let dataset): data = DataSplit(train: dataset, descriptions: descriptions)
    case .more(let pass):
      self.pass = pass
      data = DataSplit(train: pass.first, descriptions: descriptions)
    }
  }

  /// Takes all parts of the data for what a model takes them; throws where they are not its own.
  mutating func match(_ model: VariationalAutoencoder<Float>) throws(VAEError) {
    data = try data.mapParts { _, part throws(VAEError) in try model.matching(part) }
  }

  /// Gives the numbers of a table by the modes of the training data's columns.
  mutating func encodeModes(seed: UInt64) throws(VAEError) {
    guard pass == nil else {
      throw VAEError(
        .data,
        "The modes of numbers (--modes, --preset tvae) are fitted before training, and these data come once: put them into a file."
      )
    }
    data = try data.inModes(seed: seed)
  }

  /// Adds the data for validation that a policy asks for, and reads into memory what fits there.
  mutating func complete(_ policy: RunPolicy, _ request: DataRequest, seed: UInt64, memory: Int) throws {
    if pass != nil { try policy.checkSuitsPass() }
    // A pass takes all of the memory.
    data = try policy.validating(data, request, seed: seed)
    if awaitsMeans && pass == nil { data = try data.imputingMeans() }
    data =
      try data
      .inMemory(upTo: pass == nil ? memory : data.train.memoryByteCount)
  }
}

/// A stream that fails where a signal has ended what it comes from: what it brought until then is not all.
private struct InterruptibleStream: DataStream {
  private var stream: any DataStream

  var name: String { stream.name }
  var count: Int? { stream.count }
  var dataSize: Int { stream.dataSize }
  var imageShape: ImageShape? { stream.imageShape }
  var storedType: StoredType { stream.storedType }
  var columns: DataColumns? { stream.columns }
  var whiteLevel: WhiteLevel { stream.whiteLevel }

  init(_ stream: any DataStream) { self.stream = stream }

  mutating func next(_ count: Int) throws(VAEError) -> Dataset {
    let data = try stream.next(count)
    if data.count > 0 { return data }
    // The terminal's Ctrl-C reaches all of a pipeline, and the others may be quicker to end than this to hear of it.
    usleep(100_000)
    if Interruption.signalNumber != nil { throw VAEError(.data, "\(name) was interrupted.") }
    return data
  }
}
