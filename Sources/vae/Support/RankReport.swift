import CommandSupport
import VAECore

extension TrainingReport {
  /// Who trains together, and what is to be expected of it; all ranks must call it.
  func ranks(_ ranks: Ranks, _ execution: Execution) throws {
    guard let communicator = ranks.communicator else { return }
    let threads = execution.threadCount()
    let speed = try SharedStepForecast.Speed.measured(communicator, threads: threads)
    var training = plan.training
    training.batchSize = min(training.batchSize, plan.data.train.count)
    let forecast = SharedStepForecast(training, plan.model, ranks: ranks.count)
    let (seconds, efficiency) = (forecast.seconds(at: speed), forecast.efficiency(at: speed))
    say(
      "ranks       \(ranks.count) on \(counted(ranks.machineCount, "machine")), \(counted(threads, "thread")) each (\(communicator.version)); a step computes "
        + "\((forecast.operations * 1e-9).short) GFLOP, and each rank sends \((forecast.sentBytes * 1e-6).short) MB: expect "
        + "\((1e3 * (seconds.computing + seconds.exchanging)).short) ms, an efficiency of \((100 * efficiency).digits(0)) %"
    )
    if efficiency < 0.5 {
      say(
        "            more than half of the time goes into exchange: minibatches of more rows (--batch-size, --samples) send no more, and "
          + "fewer ranks less; a model on one of them may be trained as fast")
    }
    if let crowding = ranks.crowding(threads: threads) { Terminal.note(crowding) }
  }
}
