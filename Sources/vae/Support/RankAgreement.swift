import CommandSupport
import Foundation
import VAECore
import VAEFiles

/// What must be the same on all ranks, or their results would be nobody's: programs, processors, settings and data.
struct RankAgreement {
  /// What differs, to a person, with its value.
  private var facts: [(name: String, value: String)]
  private static let processors = ["the vector instructions", "OpenBLAS and its kernels"]
  /// Of values, a person reads so much.
  private static let longest = 200

  /// The program and the machine.
  init() {
    let program = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/self/exe"), options: .alwaysMapped)).map {
      "\($0.count) bytes, checksum \(checksum(of: $0))"
    }
    facts = [
      ("the program", program ?? "unknown"), (Self.processors[0], VectorLevel.current.name),
      (Self.processors[1], "\(BLAS.configuration), \(BLAS.coreName)"),
    ]
  }

  /// A run's settings and data.
  mutating func add(_ plan: RunPlan) throws {
    let settings = try JSONSerialization.jsonObject(with: Data(Terminal.json(plan).utf8)) as? [String: Any] ?? [:]
    // Where the data are may differ from machine to machine.
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) where !Settings.places.contains(name) {
      let text = try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
      facts.append(("the setting \(name)", String(decoding: text, as: UTF8.self)))
    }
    for part in plan.data.parts { try add("the \(part.name) data", part.data) }
  }

  /// A question to a model: the command's arguments, the model, and the data.
  mutating func add(_ model: VariationalAutoencoder<Float>, _ data: any DataSource) throws {
    let parameters = model.parameters.names.map { name in
      model.parameters[name].withUnsafeBytes { checksum(of: Data($0)) }
    }
    facts += [
      ("the command", CommandLine.arguments.dropFirst().joined(separator: " ")),
      ("the model", "\(model.parameters.count) parameters, checksum \(parameters.reduce(0) { $0 &* 31 &+ $1 })"),
    ]
    try add("the data", data)
  }

  /// Whole data, of which one value may be what differs.
  private mutating func add(_ name: String, _ data: some DataSource) throws(VAEError) {
    facts.append((name, "\(data.count) of \(data.dataSize) values, checksum \(try data.checksum())"))
  }

  /// Throws where a rank has something else than rank 0, on all ranks.
  func check(_ ranks: Ranks) throws {
    guard let communicator = ranks.communicator else { return }
    let own = facts.flatMap { [$0.name, $0.value] }
    let all = try communicator.all(Array(Terminal.json(own).utf8)).map {
      try JSONDecoder().decode([String].self, from: Data($0))
    }
    func values(_ rank: Int) -> [String: String] {
      Dictionary(
        uniqueKeysWithValues: stride(from: 0, to: all[rank].count, by: 2).map { (all[rank][$0], all[rank][$0 + 1]) })
    }
    let first = values(0)
    for rank in 1..<ranks.count {
      let other = values(rank)
      for name in stride(from: 0, to: all[0].count, by: 2).map({ all[0][$0] }) + all[rank].filter({ first[$0] == nil })
      {
        guard first[name] != other[name], first[name] != nil || other[name] != nil else { continue }
        throw SharedFailure(error: disagreement(name, first[name], other[name], ranks, rank))
      }
    }
  }

  private func disagreement(
    _ name: String, _ first: String?, _ other: String?, _ ranks: Ranks, _ rank: Int
  ) -> VAEError {
    let remedy =
      Self.processors.contains(name)
      ? "Their results would differ from run to run. Take machines of one kind, or what all of them have: the environment variables "
        + "VAECORE_SIMD=avx2 and OPENBLAS_CORETYPE=Haswell, on all."
      : "All must have the same."
    func text(_ value: String?) -> String {
      guard let value else { return "nothing" }
      return value.count > Self.longest ? value.prefix(Self.longest) + "…" : value
    }
    return VAEError(
      .configuration,
      "The ranks disagree about \(name): \(text(first)) for \(ranks.name(0)), and \(text(other)) for \(ranks.name(rank)). "
        + remedy)
  }
}
