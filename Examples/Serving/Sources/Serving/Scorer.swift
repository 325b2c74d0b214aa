import VAECore

/// A model that answers a server's requests, one after the other: its threads and its memory stay from one to the next.
actor Scorer {
  private let inference: Inference<Float>

  /// The model in a file. On one thread, a request takes no core from the others.
  init(modelAt path: String, threads: Int = 1) throws {
    inference = Inference(try Checkpoint<Float>(contentsOf: path).model, execution: Execution(threads: threads))
  }

  /// −ELBO of each row, in nats: the higher, the less the model expected it.
  ///
  /// - Throws: where a row has another number of values than the model takes, or one is not finite.
  func scores(of rows: [[Float]]) throws -> [Double] {
    let size = inference.model.configuration.dataSize
    if let other = rows.first(where: { $0.count != size }) {
      throw VAEError(.data, "A row has \(other.count) values, the model takes \(size).")
    }
    if rows.isEmpty { return [] }
    return try inference.score(Dataset(name: "the request", floats: Array(rows.joined()), dataSize: size))
  }
}
