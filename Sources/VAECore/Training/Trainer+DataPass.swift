extension Trainer {
  /// Trains on data that come once, each of them, in windows; the epoch ends where they do. Where a trainer was resumed in
  /// the middle of an epoch, what it has seen already is passed over, if the same data come again.
  ///
  /// - Parameters:
  ///   - pass: the data.
  ///   - progress: called after each step. What it or the execution's throws interrupts the epoch,
  ///     which the next call completes; after the last step there is nothing left to complete.
  /// - Returns: the mean loss over all data of the epoch, each at the step that saw it, in nats per datum.
  /// - Throws: what ``trainEpoch(on:progress:)-(DataSource,_)`` does for other data; where another epoch had these data; and where it is
  ///   not known how many they are, but the learning rate or the objective changes within an epoch.
  @discardableResult
  public mutating func trainEpoch(on pass: DataPass, progress: ((Progress) throws -> Void)? = nil) throws -> Loss {
    let loss = try continueEpoch(on: pass) { report in
      try progress?(report)
      return false
    }
    return loss!
  }

  /// Trains like `trainEpoch`, but pauses before the epoch's end where `pauses` says so after a step.
  ///
  /// - Returns: the epoch's mean loss, or nil where there was a pause: what follows goes on from there.
  @discardableResult
  public mutating func continueEpoch(
    on pass: DataPass, pausing pauses: (Progress) throws -> Bool
  ) throws -> Loss? {
    try prepare(pass)
    while let data = try nextMinibatch(of: pass) {
      _ = try trainStep(on: data)
      let report = progress
      try execution.report(.training, report.fraction)
      let pauses = try agreed(pauses(report))
      if state.position == 0 { return report.loss }
      if pauses { return nil }
    }
    endEpoch()
    return state.losses.value
  }

  private func nextMinibatch(of pass: DataPass) throws(VAEError) -> Minibatch? {
    try pass.minibatch(
      from: state.position, count: configuration.batchSize, seed: configuration.seed, epoch: state.epoch
    ) { [matcher = model.matcher, binarization = configuration.binarization] data throws(VAEError) in
      try matcher.matching(data, binarization: binarization).inMemory()
    }
  }

  private mutating func prepare(_ pass: DataPass) throws(VAEError) {
    if let fault { throw fault }
    _ = try fit(pass.first)
    try configuration.check(pass)
    guard state.position == 0 || state.dataCount == pass.count ?? 0 else {
      throw VAEError(.data, "The epoch began with other data than \(pass.name): give the same.")
    }
    state.dataCount = pass.count ?? 0
  }
}

extension TrainingConfiguration {
  /// Throws where it is not known how many data a pass has, but the learning rate or the objective changes within an epoch.
  public func check(_ pass: DataPass) throws(VAEError) {
    if pass.count == nil && (schedule.changesWithinEpochs || !klWarmUp.isNone) {
      throw VAEError(
        .configuration,
        "The learning rate or the KL divergence's weight changes with the part of the epoch that is over, and nobody knows "
          + "how many data \(pass.name) has: choose a constant schedule and no warm-up by epochs, or put them into a file."
      )
    }
  }
}
