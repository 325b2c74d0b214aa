extension Trainer {
  /// A trainer that goes on where a checkpoint was made, as if nothing had happened.
  ///
  /// - Throws: where the checkpoint has no state, or needs more memory than the machine has.
  public init(resuming checkpoint: Checkpoint<Element>, execution: Execution = Execution()) throws(VAEError) {
    guard let configuration = checkpoint.training, let state = checkpoint.state else {
      throw VAEError(
        .configuration, "The checkpoint holds a model alone, without the state of its training: there is no going on.")
    }
    try self.init(checkpoint.model, configuration: configuration, execution: execution)
    self.state = own(state)
  }

  /// Goes back to a checkpoint of this training, and from there on with half the learning rate for each of so many
  /// `rollbacks` in all (those of the checkpoint where nil).
  ///
  /// The least validation loss stays that of all epochs, those that are given up included: whoever kept that epoch's model
  /// still has the best.
  ///
  /// - Throws: where the checkpoint has no state, or is of another model or other settings; the trainer is as before then.
  public mutating func restore(_ checkpoint: Checkpoint<Element>, rollbacks: Int? = nil) throws(VAEError) {
    guard let state = checkpoint.state, checkpoint.training == configuration,
      checkpoint.model.configuration == model.configuration
    else {
      throw VAEError(
        .configuration,
        "The checkpoint is of another training, or of a model alone: go back to one that this training has made.")
    }
    model = checkpoint.model
    engine.products.forgetParameters()
    let diverged = self.state
    self.state = own(state)
    if let rollbacks {
      self.state.rollbacks = rollbacks
      self.state.lastRollback = .init(from: max(diverged.step, diverged.lastRollback?.from ?? 0), to: state.step)
      self.state.validation.keepBest(of: diverged.validation)
    }
    fault = nil
  }

  /// A state with what this process remembers of the parameters that it updates.
  private func own(_ state: TrainingState<Element>) -> TrainingState<Element> {
    guard let exchange = engine.exchange else { return state }
    var own = state
    own.optimizer = state.optimizer.slices(exchange.shares.own)
    return own
  }

  /// A checkpoint from which ``init(resuming:execution:)`` goes on. Where several processes train together, all must ask for it, and
  /// all have it.
  ///
  /// - Throws: where the last step left something that is not finite.
  public func checkpoint() throws(VAEError) -> Checkpoint<Element> {
    if let fault { throw fault }
    var state = state
    if let exchange = engine.exchange {
      state.optimizer = try exchange.gather(
        state.optimizer, configuration.optimizer, parameterCount: model.parameters.buffer.count)
    }
    return Checkpoint(model: model, training: configuration, state: state)
  }

  /// Takes the loss on a validation set after an epoch: the measure of early stopping and of
  /// ``LearningRateSchedule/plateau(factor:epochs:warmupSteps:)``. Whether it is the least so far.
  @discardableResult
  public mutating func add(validationLoss loss: Double) -> Bool {
    // Until the KL divergence has its whole weight, a model is trained for something else than what it is judged by.
    if configuration.klWarmUp.isRising(after: Double(epoch)) { state.validation = ValidationHistory() }
    return state.validation.add(loss, plateau: configuration.schedule.patience)
  }

  /// Whether the epochs of ``TrainingConfiguration/earlyStopping`` have gone by without an improvement of the validation
  /// loss, those in which the KL divergence warms up left out.
  public var hasStoppedImproving: Bool {
    configuration.earlyStopping.map { state.validation.epochsWithoutImprovement >= $0 } ?? false
  }
}
