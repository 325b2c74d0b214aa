import ArgumentParser
import CommandSupport
import Foundation
import VAECore
import VAEFiles

struct Scale: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "How the cost of training grows with M, L, H, Z, N and threads.",
    discussion: """
      From the given shape, one size at a time is doubled a few times. The exponent p of time ~ size^p is fitted over \
      all measurements (least squares of the logarithms): 1 is proportional, 0 is free.

      With --simulate-threads, a step's tasks are cut as for so many threads, timed one by one, and handed out to threads \
      that do not exist: what a machine with as many cores like this one's would take, and which share of the threads' time is \
      lost: to cutting (smaller tasks take longer together), to waiting for a task, to what one thread does by itself (serial), to \
      the rounds (meeting), and to memory. GB/s is what weights and the optimizer's state need, be they in memory or in a cache.
      """)

  enum Axis: String, CaseIterable, ExpressibleByArgument, Codable {
    case batchSize = "M"
    case samples = "L"
    case hidden = "H"
    case latent = "Z"
    case count = "N"
    case threads
  }

  @OptionGroup var shape: StepShape
  @Option(help: ArgumentHelp("Only this size: M, L, H, Z, N or threads.", valueName: "size")) var axis: Axis?
  @Option(help: "How often a size is doubled.") var doublings = 4
  @Option(help: ArgumentHelp("Predict a step's time on so many cores, as 2,4,8,16.", valueName: "counts"))
  var simulateThreads: String?
  @Option(
    help: ArgumentHelp(
      "The memory bandwidth of the machine that is simulated. (default: so much that a core has what it has here)",
      valueName: "GB/s"))
  var memoryBandwidth: Double?
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var effort: EffortOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var plot: PlotOption

  func validate() throws {
    if !(1...12).contains(doublings) { throw ValidationError("--doublings must be from 1 to 12; it is \(doublings).") }
    if let memoryBandwidth, !(memoryBandwidth > 0) {
      throw ValidationError("--memory-bandwidth must be above 0; it is \(memoryBandwidth).")
    }
    if simulateThreads != nil, axis != nil || plot.plot != nil {
      throw ValidationError("--axis and --plot belong to measurements; --simulate-threads predicts the one step.")
    }
  }

  func run() throws {
    try plot.checkWritable()
    let machine = Machine()
    let threads = threads.resolve(machine)
    try checkGradient(shape, threads: threads)
    if let simulateThreads { return try simulate(parse(simulateThreads), machine) }
    let curves = try (axis.map { [$0] } ?? Axis.allCases).map { try measure($0, machine, threads) }
    var table = Table(["size", "value", "seconds", "exponent of time"])
    for curve in curves {
      for (index, point) in curve.points.enumerated() {
        table.add([
          curve.axis.rawValue, String(point.value), point.seconds.text(in: 1, digits: 5),
          index == 0 ? curve.exponent.digits(2) : "",
        ])
      }
    }
    try output.show(
      curves, table, on: machine,
      notes: ["\(shape.text), Adam, \(threads) threads. Seconds per step; for N, per epoch."])
    try plot.draw(
      LinePlot(
        title: "Time against size", x: .init("size, relative to the smallest", isLogarithmic: true),
        y: .init("time, relative to the first", isLogarithmic: true),
        series: curves.map { curve in
          .init(
            name: "\(curve.axis.rawValue): exponent \(curve.exponent.digits(2))",
            points: curve.points.map {
              (Double($0.value) / Double(curve.points[0].value), $0.seconds.median / curve.points[0].seconds.median)
            })
        }))
  }

  struct Curve: Encodable {
    struct Point: Encodable {
      let value: Int
      let seconds: Spread
    }

    let axis: Axis
    let points: [Point]
    let exponent: Double

    init(axis: Axis, points: [Point]) {
      self.axis = axis
      self.points = points
      let logarithms = points.map { (log(Double($0.value)), log($0.seconds.median)) }
      let count = Double(points.count)
      let meanX = logarithms.reduce(0) { $0 + $1.0 } / count
      let meanY = logarithms.reduce(0) { $0 + $1.1 } / count
      let covariance = logarithms.reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
      let variance = logarithms.reduce(0) { $0 + ($1.0 - meanX) * ($1.0 - meanX) }
      exponent = variance == 0 ? 0 : covariance / variance
    }
  }

  private func measure(_ axis: Axis, _ machine: Machine, _ threads: Int) throws -> Curve {
    var values = (0...doublings).map { 1 << $0 }
    let start: Int
    switch axis {
    case .batchSize: start = max(1, shape.batchSize / 4)
    case .samples: start = shape.samples
    case .hidden: start = max(1, shape.hiddenSizes[0] / 4)
    case .latent: start = shape.latent
    case .count: start = 5
    case .threads: start = 1
    }
    values = axis == .threads ? Array(1...max(threads, machine.cores)) : values.map { $0 * start }
    let runs = try values.map { value in
      var shape = shape
      var (own, steps) = (threads, 5)
      switch axis {
      case .batchSize: shape.batchSize = value
      case .samples: shape.samples = value
      case .hidden: shape.hidden = String(value)
      case .latent: shape.latent = value
      case .count: steps = value
      case .threads: own = value
      }
      return (steps, try TrainingSteps(shape.model, shape.training, threads: own, stepsPerEpoch: steps))
    }
    for (_, run) in runs { _ = try run.time() }
    let spreads = try interleaved(
      effort.rounds, runs.map { steps, run in { try run.time() * (axis == .count ? Double(steps) : 1) } })
    let shown = axis == .count ? values.map { $0 * shape.batchSize } : values
    return Curve(axis: axis, points: zip(shown, spreads).map { .init(value: $0, seconds: $1) })
  }

  private func parse(_ text: String) throws -> [Int] {
    let counts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard counts.allSatisfy({ (1...1024).contains($0) }) else {
      throw ValidationError("--simulate-threads takes numbers from 1 to 1024 separated by commas; it is \(text).")
    }
    return counts
  }

  private func simulate(_ counts: [Int], _ machine: Machine) throws {
    let simulation = ThreadSimulation(shape, rounds: effort.rounds)
    let meeting = ThreadSimulation.meeting()
    let here = Limits(threads: machine.cores).gigabytesPerSecond
    var predictions: [String: [ThreadSimulation.Prediction]] = [:]
    let kinds = [("alone", false), ("all busy", true)].filter { !$0.1 || machine.cores > 1 }
    for (name, othersAreBusy) in kinds {
      let one = try simulation.measure(1, othersAreBusy: othersAreBusy, cores: machine.cores)
      predictions[name] = try counts.map { count in
        simulation.predict(
          count, try simulation.measure(count, othersAreBusy: othersAreBusy, cores: machine.cores), one: one,
          meeting: meeting, bandwidth: memoryBandwidth.map { $0 * 1e9 })
      }
    }
    var table = Table([
      "cores", "here", "ms", "speedup", "rounds", "cutting", "waiting", "serial", "meeting", "memory", "GB/s",
    ])
    func percent(_ share: Double) -> String { (100 * share).digits(1) + "%" }
    for (name, _) in kinds {
      for row in predictions[name]! {
        table.add([
          String(row.threads), name, (row.seconds * 1e3).digits(3), row.speedup.digits(2), String(row.rounds),
          percent(row.cutting), percent(row.waiting), percent(row.serial), percent(row.meeting), percent(row.memory),
          row.gigabytesPerSecond.digits(0),
        ])
      }
    }
    try output.show(
      predictions, table, on: machine,
      notes: [
        "\(shape.text), Adam.",
        "A task is taken to last as long as here, while the other cores are idle (alone) or train as well (all busy).",
        "The shares are of the threads' time; cutting below 0 is noise, or caches that smaller tasks suit better.",
        "A round costs \((meeting * 1e9).digits(0)) ns for each thread, as between two here; this machine copies \(here.digits(0)) GB/s.",
      ])
  }
}
