import ArgumentParser
import CommandSupport
import Foundation
import VAECore
import VAEFiles

struct Estimators: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Option 2 against option 1: a loop over the L samples against one batch of M·L rows.",
    discussion: """
      Both give the same gradient, which is checked first. The loop (accumulated) goes through the network L times, or \
      fewer with --samples-per-pass; the batch (joint) once, in memory that grows with L.
      """)

  @OptionGroup var shape: StepShape
  @Option(help: "Numbers of samples to measure at.") var counts = "1,2,5,10,20,50"
  @Option(help: "Samples per pass of the loop.") var samplesPerPass = 1
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var effort: EffortOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var plot: PlotOption

  func validate() throws {
    if samplesPerPass < 1 { throw ValidationError("--samples-per-pass must be at least 1; it is \(samplesPerPass).") }
    _ = try positiveSizes(counts, "--counts")
  }

  func run() throws {
    try plot.checkWritable()
    let machine = Machine()
    let threads = threads.resolve(machine)
    let model = try VariationalAutoencoder<Float>(shape.model)
    var rows: [Row] = []
    for samples in try positiveSizes(counts, "--counts") {
      var joint = shape.training
      joint.samplesPerDatum = samples
      var accumulated = joint
      accumulated.gradient = .accumulated(samplesPerPass: samplesPerPass)
      try accumulated.validate()
      let difference = try gradientDifference(samples: samples)
      let runs = try [joint, accumulated].map { try TrainingSteps(shape.model, $0, threads: threads, stepsPerEpoch: 3) }
      for run in runs { _ = try run.time() }
      let spreads = try interleaved(effort.rounds, runs.map { run in { try run.time() } })
      rows.append(
        Row(
          samples: samples, joint: spreads[0], accumulated: spreads[1],
          jointBytes: joint.byteCount(training: model, threads: threads),
          accumulatedBytes: accumulated.byteCount(training: model, threads: threads),
          relativeDifference: difference))
    }
    var table = Table(["L", "joint ms", "accumulated ms", "ratio", "joint MB", "accumulated MB", "gradients differ by"])
    for row in rows {
      table.add([
        String(row.samples), row.joint.text(in: 1e-3, digits: 3), row.accumulated.text(in: 1e-3, digits: 3),
        (row.accumulated.median / row.joint.median).digits(2), (Double(row.jointBytes) * 1e-6).digits(1),
        (Double(row.accumulatedBytes) * 1e-6).digits(1),
        String(format: "%.1e", row.relativeDifference),
      ])
    }
    try output.show(
      rows, table, on: machine,
      notes: [
        "M=\(shape.batchSize) D=\(shape.dataSize) H=\(shape.hidden) Z=\(shape.latent), \(threads) threads; gradients compared in double precision, relative to the largest element."
      ])
    try plot.draw(
      LinePlot(
        title: "One batch of M·L rows against a loop over samples", x: .init("samples L", isLogarithmic: true),
        y: .init("ms per step", isLogarithmic: true),
        series: [
          .init(name: "joint (option 1)", points: rows.map { (Double($0.samples), $0.joint.median * 1e3) }),
          .init(name: "accumulated (option 2)", points: rows.map { (Double($0.samples), $0.accumulated.median * 1e3) }),
        ]))
  }

  struct Row: Encodable {
    let samples: Int
    let joint: Spread
    let accumulated: Spread
    let jointBytes: Int
    let accumulatedBytes: Int
    let relativeDifference: Double

    enum CodingKeys: String, CodingKey {
      case samples
      case joint = "joint_seconds"
      case accumulated = "accumulated_seconds"
      case jointBytes = "joint_bytes"
      case accumulatedBytes = "accumulated_bytes"
      case relativeDifference = "relative_difference"
    }
  }

  /// How far the two gradients of a small minibatch lie apart, in double precision.
  private func gradientDifference(samples: Int) throws -> Double {
    let model = try VariationalAutoencoder<Double>(shape.model)
    let count = min(shape.batchSize, 4)
    let x = Dataset.noise(count: count, dataSize: shape.dataSize).rows(0..<count, as: Double.self)
    var generator = PhiloxGenerator(NoiseStream(seed: 2, purpose: .synthesis))
    let noise = Matrix(
      rows: count * samples, columns: shape.latent,
      elements: (0..<count * samples * shape.latent).map { _ in 2 * generator.nextUniform() - 1 })
    let objective = shape.training.objective
    let joint = try model.gradient(of: x, noise: noise, objective: objective).gradient
    let looped = try model.gradient(
      of: x, noise: noise, objective: objective, accumulation: .accumulated(samplesPerPass: samplesPerPass)
    ).gradient
    let worst = joint.names.map { name in
      let (a, b) = (joint[name], looped[name])
      return zip(a, b).map { abs($0 - $1) }.max()! / max(a.map(abs).max()!, .leastNormalMagnitude)
    }.max()!
    guard worst < 1e-12 else {
      throw VAEError(.numerics, "The two estimators' gradients differ by \(worst) at \(samples) samples.")
    }
    return worst
  }
}

/// Positive numbers separated by commas.
func positiveSizes(_ text: String, _ option: String) throws -> [Int] {
  let sizes = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
  guard sizes.allSatisfy({ $0 > 0 }) else {
    throw ValidationError("\(option) takes positive numbers separated by commas, as 1,10,100; it is \(text).")
  }
  return sizes
}
