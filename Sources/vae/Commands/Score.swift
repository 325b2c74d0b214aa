import ArgumentParser
import CommandSupport
import VAECore
import VAEFiles

struct Score: SharedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Scores each datum: the higher, the less the model expected it.",
    discussion: """
      Writes −ELBO of each datum in nats, or, with --importance-samples, −log p(x), or, of tables with a schema, −log of the \
      probability of values near it (--tolerance): as CSV or JSON lines, with datum, where it stands in \
      its file, from 0 on, or as NPY, a vector. Of a datum with missing values the score is of what is there. A datum's score \
      depends on its own values, the seed and the number of samples, not on what is scored beside it.

        vae score runs/normal --data normal.csv --quantile 0.99
        vae score runs/normal --data today.csv --out scores.csv --by-column --top 3

      The first keeps a threshold with the run: what 99 % of these data's scores lie at or below. From then on scores say anomaly, true or \
      false. --by-column adds the terms that a score is the sum of, and --top says of anomalies which values were not \
      expected, and what was. With --data - and --out - rows are scored as they come:

        tail -f log.csv | vae score runs/normal --data - --out - --json --top 1
      """)

  @OptionGroup var model: ModelArgument
  @OptionGroup var data: DataOptions
  @Option(
    help: ArgumentHelp("The file of scores to write, .csv, .jsonl or .npy; - prints them.", valueName: "scores.csv"))
  var out: String?
  @OptionGroup var noise: EvaluationOptions
  @Flag(help: "Score by E_q[−log p(x|z)] alone, which leaves out how unusual z is.") var reconstruction = false
  @Option(
    help: ArgumentHelp(
      "Score by the probability of all numbers within so many of their columns' deviations, not by a density; 0 for −ELBO. (default: 1 for tables with a schema, else 0)",
      valueName: "deviations")) var tolerance: Double?
  @Flag(help: "Write what each column adds to the score, and the KL divergence.") var byColumn = false
  @Option(
    help: ArgumentHelp(
      "Say which values were not expected, so many at most: of anomalies, where the run keeps a threshold, else of all data.",
      valueName: "count")) var top: Int?
  @Option(
    help: ArgumentHelp("Keep the threshold that this part of these data's scores lies at or below.", valueName: "0.99"))
  var quantile: Double?
  @Option(help: ArgumentHelp("The same by the part that is to lie above.", valueName: "0.01")) var contamination:
    Double?
  @Option(
    help: ArgumentHelp(
      "Which data are anomalies, to say how well the scores tell them: a file of 0 and 1, or a column of the table, as attack, or label=attack for the rows with that text.",
      valueName: "labels")) var labels: String?
  @Flag(help: "Leave out rows that cannot be read, saying so, where rows are scored as they come.") var skipBadRows =
    false
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: JSONFlag

  func validate() throws {
    if noise.importanceSamples != nil && noise.samples != 1 {
      throw ValidationError("--samples belongs to −ELBO; --importance-samples scores by −log p(x).")
    }
    if noise.importanceSamples != nil && (byColumn || reconstruction) {
      throw ValidationError(
        "\(byColumn ? "--by-column" : "--reconstruction") is of −ELBO, whose terms are those of columns: leave --importance-samples out."
      )
    }
    if let tolerance, !(tolerance >= 0 && tolerance.isFinite) {
      throw ValidationError("--tolerance must not be negative; it is \(tolerance).")
    }
    if let tolerance, tolerance > 0, noise.importanceSamples != nil || reconstruction {
      throw ValidationError(
        "--tolerance is another score than that of \(reconstruction ? "--reconstruction" : "--importance-samples"): leave one of them out."
      )
    }
    if reconstruction && byColumn {
      throw ValidationError("--by-column writes the KL divergence in a column of its own: leave --reconstruction out.")
    }
    if let top, top < 1 { throw ValidationError("--top must be at least 1; it is \(top).") }
    if quantile != nil && contamination != nil {
      throw ValidationError("--quantile and --contamination say the same: give one of them.")
    }
    if out == nil && quantile == nil && contamination == nil && labels == nil {
      throw ValidationError("Missing expected argument '--out <scores.csv>'.")
    }
    if out == nil && (byColumn || top != nil) {
      throw ValidationError("\(byColumn ? "--by-column" : "--top") is written with the scores: give --out.")
    }
    if skipBadRows && !isLive { throw ValidationError("--skip-bad-rows belongs to --data - and --out -.") }
    if isLive && !data.isWhole {
      throw ValidationError("--limit and --split choose among data that are all there: give a file.")
    }
    if isLive && (labels != nil || quantile != nil || contamination != nil) {
      throw ValidationError("--labels, --quantile and --contamination need all data: give a file.")
    }
  }

  /// Whether rows are scored as they come.
  private var isLive: Bool { data.data == "-" && out == "-" }

  private func score(_ configuration: ModelConfiguration) -> VAECore.Score {
    if let samples = noise.importanceSamples { return .negativeLogLikelihood(importanceSamples: samples) }
    let samples = noise.samples
    if reconstruction { return .reconstruction(samples: samples) }
    return switch tolerance {
    case nil: .usual(for: configuration.likelihood, samples: samples)
    case 0: .negativeELBO(samples: samples)
    case let tolerance?: .negativeLogProbability(within: tolerance, samples: samples)
    }
  }

  func run(with ranks: Ranks) throws {
    try ranks.checkIsForAll(data.data)
    let out = out.map(ranks.path)
    defer { ranks.discard([out]) }
    let (target, checkpoint) = try ranks.together {
      let target = try out.map { try ScoreTarget($0, asJSON: output.json, isPlain: !byColumn && top == nil) }
      try OutputFile.check([target?.file], reading: [.model(model.model)] + data.files)
      return (target, try openModel(model.model))
    }
    let execution = ranks.execution(threads.threads)
    let score = score(checkpoint.model.configuration)
    let kept = try KeptThreshold(ofModelAt: model.model)
    let threshold =
      quantile == nil && contamination == nil ? kept?.threshold(for: score, noise.seed, checkpoint.step) : nil
    let scorer = Scorer(
      inference: try Inference(
        checkpoint.model, precision: precision.precision,
        execution: isLive ? execution : execution.shown),
      score: score, binarization: noise.binarization(of: checkpoint), seed: noise.seed, byColumn: byColumn, top: top,
      threshold: threshold)
    let text = ScoreText(checkpoint.model, score, byColumn: byColumn, threshold: threshold, top: top)
    if isLive {
      return try LiveScores(scorer: scorer, text: text, asJSON: output.json, skipsBadRows: skipBadRows)
        .run(try DataRequest(data.data, for: checkpoint.model, at: model.model, table: data.table).table)
    }
    let dataset = try ranks.together { try data.open(for: checkpoint.model, at: model.model) }
    try ranks.checkAgreement(on: checkpoint.model, dataset)
    let scores = try write(dataset, scorer, text, to: target)
    Terminal.clearStatus()
    if !ranks.leads { return }
    if let quantile = quantile ?? contamination.map({ 1 - $0 }) {
      let kept = KeptThreshold(
        threshold: try ScoreThreshold(quantile: quantile, of: scores, by: score, seed: noise.seed),
        steps: checkpoint.step)
      let path = try kept.write(besideModelAt: model.model)
      Terminal.note(kept.description + ": " + path)
    }
    if let labels {
      let quality = try RankingQuality(scores, isPositive: try ScoreLabels(labels, data).values(for: dataset))
      if output.json && target?.isStandardOutput != true {
        try Terminal.printJSON(quality)
      } else {
        print(text.quality(quality), terminator: "")
      }
    }
    guard let target, !target.isStandardOutput else { return }
    let summary = "\(text.name) of \(scores.count) data: \(target.path)"
    // What a program reads is not to be told from it.
    if output.json { Terminal.note(summary) } else { print(summary) }
  }

  private func write(
    _ data: any DataSource, _ scorer: Scorer<Float>, _ text: ScoreText, to target: ScoreTarget?
  ) throws -> [Double] {
    var scores: [Double] = []
    scores.reserveCapacity(data.count)
    func forEach(_ body: ([ScoredDatum]) throws(VAEError) -> Void) throws {
      for first in stride(from: 0, to: data.count, by: Scorer<Float>.pieceSize) {
        let piece = try scorer(data.read(first..<min(first + Scorer<Float>.pieceSize, data.count)))
        scores += piece.map(\.score)
        try body(piece)
      }
    }
    guard let target else {
      try forEach { _ throws(VAEError) in }
      return scores
    }
    if target.format == .npy {
      try forEach { _ throws(VAEError) in }
      try NPY.write(scores, to: target.path)
      return scores
    }
    var positions = data.origin.joined().makeIterator()
    try target.write { append in
      if let header = text.header(asJSON: target.asJSON) { try append(header) }
      try forEach { piece throws(VAEError) in
        try append(
          piece.map { text.line($0, position: positions.next() ?? 0, asJSON: target.asJSON) }.joined())
      }
    }
    return scores
  }
}
