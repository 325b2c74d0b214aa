import CommandSupport
import Foundation
import VAECore

/// How scores are written: a line of CSV or JSON for each datum.
struct ScoreText {
  /// What the score is called, for people.
  let name: String
  /// And in a table.
  private let column: String
  /// What the data's columns are called; nil where their terms are not asked for.
  private let columns: [String]?
  private let hasAnomaly, hasReasons: Bool
  private let reasons: SurpriseText

  init(
    _ model: VariationalAutoencoder<Float>, _ score: VAECore.Score, byColumn: Bool, threshold: ScoreThreshold?,
    top: Int?
  ) {
    let configuration = model.configuration
    switch score {
    case .negativeELBO: (name, column) = (lossName(configuration), scoreColumn(configuration, isLikelihood: false))
    case .negativeLogLikelihood:
      (name, column) = (likelihoodName(configuration), scoreColumn(configuration, isLikelihood: true))
    case .negativeLogProbability(let tolerance, _):
      (name, column) = (
        "−log probability of values within \(tolerance.short) deviation\(tolerance == 1 ? "" : "s"), and KL divergence,",
        "neg_log_probability"
      )
    case .reconstruction: (name, column) = ("the reconstruction term", "reconstruction")
    }
    reasons = SurpriseText(model)
    columns = byColumn ? reasons.columnNames : nil
    (hasAnomaly, hasReasons) = (threshold != nil, top != nil)
  }

  /// The row of names; nil of JSON, whose lines have them.
  func header(asJSON: Bool) -> String? {
    if asJSON { return nil }
    var names = ["datum", column] + (hasAnomaly ? ["anomaly"] : [])
    if let columns { names += ["kl"] + columns }
    if hasReasons { names.append("reasons") }
    return names.map(CSV.quoted).joined(separator: ",") + "\n"
  }

  /// What is said of a datum.
  func line(_ datum: ScoredDatum, position: Int, asJSON: Bool) -> String {
    let why = datum.surprises?.map { reasons($0) }
    if asJSON {
      var object: [(String, String)] = [("datum", "\(position)"), (column, "\(datum.score)")]
      if let isAnomaly = datum.isAnomaly { object.append(("anomaly", "\(isAnomaly)")) }
      if let terms = datum.terms, let columns {
        object.append(("kl", "\(terms.kl)"))
        // (Names that occur twice have both their terms.)
        let inner = zip(columns, terms.columns).map { "\(ScoreText.quoted($0)):\($1)" }.joined(separator: ",")
        object.append(("columns", "{\(inner)}"))
      }
      if let why { object.append(("reasons", "[\(why.map(ScoreText.quoted).joined(separator: ","))]")) }
      return "{" + object.map { "\(ScoreText.quoted($0)):\($1)" }.joined(separator: ",") + "}\n"
    }
    var fields = ["\(position)", "\(datum.score)"]
    if let isAnomaly = datum.isAnomaly { fields.append("\(isAnomaly)") }
    if let terms = datum.terms { fields += ["\(terms.kl)"] + terms.columns.map { "\($0)" } }
    if let why { fields.append(why.isEmpty ? "" : CSV.quoted(why.joined(separator: "; "))) }
    return fields.joined(separator: ",") + "\n"
  }

  /// How well scores tell anomalies, for people.
  func quality(_ quality: RankingQuality) -> String {
    func text(_ figure: RankingQuality.Figure) -> String {
      figure.value.digits(4) + (figure.standardError.map { " ± \($0.digits(4))" } ?? "")
    }
    let share = Double(quality.positives) / Double(quality.positives + quality.negatives)
    return """
      \(counted(quality.positives, "anomaly").replacing("anomalys", with: "anomalies")) among \(quality.positives + quality.negatives) data
      area under the ROC curve  \(text(quality.area)) (0.5 is guessing)
      average precision         \(text(quality.averagePrecision)) (\(share.digits(4)) is guessing)

      """
  }

  private static func quoted(_ text: String) -> String { (try? Terminal.json(text)) ?? "\"\"" }
}

/// Values that were not expected, in words: "hours-per-week = 99: expected 40 ± 9".
struct SurpriseText {
  /// What the data's columns are called.
  let columnNames: [String]
  private let writer: RowWriter?

  init(_ model: VariationalAutoencoder<Float>) {
    // (Of numbers by modes nobody asks for words: their columns are what the model sees.)
    let table = model.schema?.table.flatMap { $0.encoding == nil ? $0 : nil }
    let size = model.configuration.dataSize
    columnNames = table?.titles ?? model.schema?.columnNames ?? (1...size).map { "x_\($0)" }
    writer = table.map { RowWriter($0) }
  }

  func callAsFunction(_ surprise: Surprise) -> String {
    let place = surprise.column
    func text(_ value: Double) -> String { writer?.text(value, column: place) ?? value.short }
    let name = columnNames[surprise.column]
    let value = text(surprise.value)
    let column = writer?.schema.columns[place]
    let expected = surprise.expected.map { one in
      let share = " (\((100 * one.share).digits(0)) %)"
      guard let deviation = one.deviation else { return text(one.value) + share }
      if let format = column?.dateFormat {
        return "\(text(one.value)) ± \(deviation.digits(0)) \(format.hasTime ? "s" : "days")"
          + (surprise.expected.count > 1 ? share : "")
      }
      // To two digits of the deviation.
      let decimals = deviation > 0 ? max(0, min(12, 1 - Int(log10(deviation).rounded(.down)))) : 2
      let most = column.map { $0.kind == .integer ? min(decimals, 1) : decimals } ?? decimals
      return "\(one.value.digits(most)) ± \(deviation.digits(most))" + (surprise.expected.count > 1 ? share : "")
    }
    return "\(name) = \(value): expected \(expected.joined(separator: " or "))"
  }
}
