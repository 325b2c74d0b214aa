extension Engine {
  /// Throws where an update left something that is not finite, naming the first tensor.
  ///
  /// The tiles note it while they update, in the same pass over memory, so the parameters are no longer what they were.
  func checkUpdate(step: Int) throws(VAEError) {
    var first: UpdateFault?
    for tile in tiles.indices {
      guard let fault = UpdateFault(code: faults[tile]) else { continue }
      if first.map({ fault.offset < $0.offset }) ?? true { first = fault }
    }
    guard let first else { return }
    let tensor = network.tensor(at: first.offset)
    throw VAEError(
      .numerics,
      (first.isGradient
        ? "The gradient of \(tensor) is not finite in step \(step)"
        : "The parameters \(tensor), or what the optimizer keeps of them, are no longer finite after step \(step)")
        + ": lower the learning rate, or clip the gradient.")
  }
}

extension Network {
  /// The name of the tensor that an element of the parameter vector belongs to.
  func tensor(at offset: Int) -> String { tensors.first { $0.range.contains(offset) }?.name ?? "the parameters" }
}

extension UpdateFault {
  /// From what ``code`` made of it; nil where there was none.
  init?(code: Double) {
    if code == 0 { return nil }
    self.init(offset: Int(abs(code)) - 1, isGradient: code > 0)
  }
}

extension UpdateFault? {
  /// The fault as a number, 0 for none: what a task can leave where the memory of the numerics is.
  var code: Double {
    guard let fault = self else { return 0 }
    return Double(fault.isGradient ? fault.offset + 1 : -fault.offset - 1)
  }
}
