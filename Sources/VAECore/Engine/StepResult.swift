/// What a minibatch came to.
struct StepResult {
  let loss: Loss
  /// Whether the gradient was too long and was scaled down.
  var isClipped = false
  /// How many elements of log σ² lay outside their bounds.
  var boundedLogVariances = 0
}

/// Why a minibatch has no result.
struct StepFailure: Error {
  let error: VAEError
  /// Whether the parameters are no longer what they were.
  let hasUpdated: Bool
}
