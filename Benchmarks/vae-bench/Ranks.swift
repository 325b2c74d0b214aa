import ArgumentParser
import CommandSupport
import Foundation
import VAECore
import VAEMPI

struct Ranks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What a training step takes on several processes, and what part of it is exchange.",
    discussion: """
      Under an MPI launcher (mpirun -n 4 vae-bench ranks) the ranks are its processes; else they are threads of this one. One rank by \
      itself, while the others wait, and all together take steps in turn. The efficiency is what n ranks do in a time over n times what \
      one does; beside it stands what the model says from the speed of the one, and of exchanges alone: SharedStepForecast.

      With --simulate it predicts the same for machines that are not there, from the speed of a core here.
      """)

  @OptionGroup var shape: StepShape
  @OptionGroup var threads: ThreadsOption
  @Option(help: "How many threads stand for ranks, where no launcher has started any.") var ranks = 2
  @Option(help: ArgumentHelp("Predict for so many machines, as 2,4,8.", valueName: "counts")) var simulate: String?
  @Option(help: "Cores of a machine that is simulated.") var cores = 16
  @Option(help: ArgumentHelp("What such a machine sends, in Gbit/s.", valueName: "Gbit/s")) var bandwidth = 10.0
  @Option(help: ArgumentHelp("What the shortest message between such machines takes, in µs.", valueName: "µs"))
  var latency = 50.0
  @OptionGroup var effort: EffortOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if !(1...64).contains(ranks) { throw ValidationError("--ranks must be from 1 to 64; it is \(ranks).") }
    if !(1...4096).contains(cores) { throw ValidationError("--cores must be from 1 to 4096; it is \(cores).") }
    if !(bandwidth > 0) { throw ValidationError("--bandwidth must be above 0; it is \(bandwidth).") }
    if !(latency >= 0) { throw ValidationError("--latency must be at least 0; it is \(latency).") }
    _ = try simulate.map(counts)
  }

  private func counts(_ text: String) throws -> [Int] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map {
      guard let count = Int($0), (1...4096).contains(count) else {
        throw ValidationError("--simulate takes numbers of machines, as 2,4,8; it is \(text).")
      }
      return count
    }
  }

  func run() throws {
    let machine = Machine()
    try checkGradient(shape, threads: 1)
    if let simulate { return try predict(counts(simulate), machine) }
    guard let launcher = MPILauncher.current else {
      let threads = threads.threads ?? max(1, machine.cores / ranks)
      let results = ThreadCommunicator.run(on: ranks) { try measure($0, threads: threads) }
      return try show(results[0].get(), machine)
    }
    let communicator = try MPICommunicator(joining: launcher)
    let hosts = try communicator.all(Array(ProcessInfo.processInfo.hostName.utf8))
    let sharing = hosts.count { $0 == hosts[communicator.rank] }
    let result: Result
    do { result = try measure(communicator, threads: threads.threads ?? max(1, machine.cores / sharing)) } catch {
      Terminal.note("rank \(communicator.rank): \(error)")
      communicator.abort(1)
    }
    communicator.finish()
    if communicator.rank == 0 { try show(result, machine) }
  }

  private func measure(_ communicator: any Communicator, threads: Int) throws -> Result {
    let meter = CommunicationMeter(communicator)
    let speed = try SharedStepForecast.Speed.measured(communicator, threads: threads)
    let together = try TrainingSteps(shape.model, shape.training, threads: threads, communicator: meter)
    let alone = communicator.rank == 0 ? try TrainingSteps(shape.model, shape.training, threads: threads) : nil
    var (seconds, exchange, single): ([Double], [Double], [Double]) = ([], [], [])
    var bytes = 0.0
    for round in 0...effort.rounds {
      _ = try communicator.all(UInt8(0))
      meter.reset()
      let time = try together.time()
      // A rank that waits for another is not what the exchange takes.
      let exchanged = try communicator.all(meter.seconds / Double(together.stepsPerEpoch)).min()!
      bytes = Double(meter.bytes) / Double(together.stepsPerEpoch)
      let time1 = try alone?.time()
      _ = try communicator.all(UInt8(0))
      if round == 0 { continue }
      seconds.append(time)
      exchange.append(exchanged)
      if let time1 { single.append(time1) }
    }
    return Result(
      shape, ranks: communicator.count, threads: threads, seconds, exchange, alone: single.isEmpty ? seconds : single,
      bytes, speed)
  }

  /// What ``run()`` measures.
  struct Result: Encodable {
    let shape: StepShape
    let ranks: Int
    let threads: Int
    let seconds: Spread
    let exchangeSeconds: Spread
    let secondsAlone: Spread
    let sentBytes: Double
    let efficiency: Double
    let predictedSeconds: Double
    let predictedEfficiency: Double
    let gigabitsPerSecond: Double
    let latency: Double

    enum CodingKeys: String, CodingKey {
      case shape, ranks, threads, seconds, efficiency, latency
      case exchangeSeconds = "exchange_seconds"
      case secondsAlone = "seconds_alone"
      case sentBytes = "sent_bytes"
      case predictedSeconds = "predicted_seconds"
      case predictedEfficiency = "predicted_efficiency"
      case gigabitsPerSecond = "gigabits_per_second"
    }

    init(
      _ shape: StepShape, ranks: Int, threads: Int, _ seconds: [Double], _ exchange: [Double], alone: [Double],
      _ bytes: Double, _ speed: SharedStepForecast.Speed
    ) {
      let forecast = SharedStepForecast(shape.training, shape.model, ranks: ranks)
      self.shape = shape
      self.ranks = ranks
      self.threads = threads
      self.seconds = Spread(seconds)
      exchangeSeconds = Spread(exchange)
      secondsAlone = Spread(alone)
      sentBytes = bytes
      efficiency = secondsAlone.median / (Double(ranks) * self.seconds.median)
      var measured = speed
      measured.operationsPerSecond = forecast.operations / secondsAlone.median
      let predicted = forecast.seconds(at: measured)
      predictedSeconds = predicted.computing + predicted.exchanging
      predictedEfficiency = forecast.efficiency(at: measured)
      gigabitsPerSecond = speed.bytesPerSecond * 8e-9
      latency = speed.latency
    }
  }

  private func show(_ result: Result, _ machine: Machine) throws {
    var table = Table(["what", "measured", "predicted"])
    table.add(["step of one rank alone, ms", result.secondsAlone.text(in: 1e-3, digits: 2), ""])
    table.add([
      "step of \(result.ranks) ranks, ms", result.seconds.text(in: 1e-3, digits: 2),
      (1e3 * result.predictedSeconds).digits(2),
    ])
    let forecast = SharedStepForecast(shape.training, shape.model, ranks: result.ranks)
    table.add([
      "of it beyond computing, ms",
      (1e3 * (result.seconds.median - forecast.busiestPart * result.secondsAlone.median)).digits(2), "",
    ])
    table.add([
      "exchange in it, ms", result.exchangeSeconds.text(in: 1e-3, digits: 2),
      (1e3 * (result.predictedSeconds - forecast.busiestPart * result.secondsAlone.median)).digits(2),
    ])
    table.add([
      "sent by each rank, MB", (1e-6 * result.sentBytes).digits(3), (1e-6 * forecast.sentBytes).digits(3),
    ])
    table.add(["efficiency", result.efficiency.digits(3), result.predictedEfficiency.digits(3)])
    try output.show(
      result, table, on: machine,
      notes: [
        "\(shape.text), \(counted(result.threads, "thread")) each; exchanges alone: \(result.gigabitsPerSecond.digits(1)) Gbit/s, \((1e6 * result.latency).digits(0)) µs"
      ])
  }

  /// What ``run()`` predicts of machines that are not there.
  struct Prediction: Encodable {
    let machines: Int
    let seconds: Double?
    let efficiency: Double?
  }

  private func predict(_ counts: [Int], _ machine: Machine) throws {
    let steps = try TrainingSteps(shape.model, shape.training, threads: 1)
    let alone = try interleaved(effort.rounds, [{ try steps.time() }])[0].median
    let operations = SharedStepForecast(shape.training, shape.model, ranks: 1).operations
    let speed = SharedStepForecast.Speed(
      operationsPerSecond: operations / alone * Double(cores), bytesPerSecond: bandwidth * 1e9 / 8,
      latency: latency * 1e-6)
    let most = shape.training.mostRanks
    let predictions = counts.map { count in
      let forecast = SharedStepForecast(shape.training, shape.model, ranks: min(count, most))
      let seconds = forecast.seconds(at: speed)
      return count > most
        ? Prediction(machines: count, seconds: nil, efficiency: nil)
        : Prediction(
          machines: count, seconds: seconds.computing + seconds.exchanging, efficiency: forecast.efficiency(at: speed))
    }
    var table = Table(["machines", "ms a step", "efficiency", "times as fast as one"])
    for prediction in predictions {
      guard let seconds = prediction.seconds, let efficiency = prediction.efficiency else {
        table.add(["\(prediction.machines)", "no work for more than \(most)", "", ""])
        continue
      }
      table.add([
        "\(prediction.machines)", (1e3 * seconds).digits(2), efficiency.digits(3),
        (efficiency * Double(prediction.machines)).digits(2),
      ])
    }
    try output.show(
      predictions, table, on: machine,
      notes: [
        "\(shape.text); machines of \(cores) cores like one of these (\((1e-9 * operations / alone).digits(1)) GFLOP/s in a step), \(bandwidth.short) Gbit/s, \(latency.short) µs"
      ])
  }
}

/// A communicator that measures another.
private final class CommunicationMeter: Communicator, @unchecked Sendable {
  // Unchecked: a rank exchanges and reads from one thread at a time.
  private let communicator: any Communicator
  private(set) var seconds = 0.0
  private(set) var bytes = 0

  init(_ communicator: any Communicator) { self.communicator = communicator }

  var rank: Int { communicator.rank }
  var count: Int { communicator.count }

  func reset() { (seconds, bytes) = (0, 0) }

  func exchange(
    _ send: UnsafeRawBufferPointer, _ sent: [Range<Int>], _ receive: UnsafeMutableRawBufferPointer,
    _ received: [Range<Int>]
  ) throws(VAEError) {
    let began = ContinuousClock.now
    try communicator.exchange(send, sent, receive, received)
    seconds += (ContinuousClock.now - began).inSeconds
    for (other, range) in sent.enumerated() where other != rank { bytes += range.count }
  }
}
