import CommandSupport
import Foundation
import VAECore
import VAEExplanation

/// An explanation for a terminal of 100 columns.
struct ExplanationText {
  private let explanation: Explanation
  private let title: String
  private let error: String
  private let isStandardized: Bool

  init(_ explanation: Explanation, of choice: NetworkOptions.Choice) {
    self.explanation = explanation
    title = choice.title
    error = choice.model.configuration.likelihood.formula
    isStandardized = choice.model.standardization != nil
  }

  var text: String {
    var lines = heading
    for (index, sample) in explanation.samples.enumerated() {
      lines += [
        "", "Sample \(index + 1): \(vector("ε", sample.noise)), \(vector("z", sample.z)), E = \(number(sample.error))",
      ]
      lines += sum(sample.paths, of: "∂E/∂\(explanation.parameter)")
    }
    if let kl = explanation.kl {
      lines += ["", "The KL divergence, for all samples alike: \(number(explanation.loss.kl))"]
      lines += sum(kl, of: "∂KL/∂\(explanation.parameter)")
    }
    lines += ["", mean]
    if isLarge { lines += layers }
    return (lines + comparison).joined(separator: "\n")
  }

  private var isLarge: Bool { explanation.samples.contains { Double($0.paths.paths.count) < $0.paths.count } }

  private var heading: [String] {
    let place = explanation.index.map(String.init).joined(separator: ", ")
    let role =
      explanation.from == "1"
      ? "the bias of \(explanation.to)" : "the weight from \(explanation.from) to \(explanation.to)"
    let count = explanation.samples.count
    let kl = explanation.beta == 0 ? "" : " + \(explanation.beta == 1 ? "" : "\(explanation.beta)·")KL"
    var lines = [
      "\(explanation.parameter) = \(explanation.tensor)[\(place)] of \(title)",
      "is \(role); its value is \(number(explanation.value))",
    ]
    if explanation.x.count <= 12 { lines.append(vector("x", explanation.x)) }
    if isStandardized {
      lines.append("x is the datum as the model sees it, each column standardised; E and the loss are of that")
    }
    lines.append("Error of a sample: E = \(error)")
    lines.append(
      "Loss: \(count == 1 ? "E" : "the mean of E over n = \(count) samples")\(kl) = \(number(explanation.loss.total))")
    return lines
  }

  private func sum(_ sum: Explanation.PathSum, of derivative: String) -> [String] {
    let isComplete = Double(sum.paths.count) == sum.count
    let count = sum.count == 1 ? "one path" : "\(Int(exactly: sum.count).map(String.init) ?? number(sum.count)) paths"
    var lines = ["\(derivative) over \(count)\(isComplete ? "" : ", the \(sum.paths.count) largest of them"):", ""]
    for path in sum.paths { lines += product(path) + [""] }
    if !isComplete { lines.append("  all other paths together = \(number(sum.rest))") }
    lines.append("  sum: \(derivative) = \(number(sum.total))")
    return lines
  }

  /// A path's derivatives, and below each its value; in brackets the way through the latent variable, which begins a
  /// line of its own where one line is not enough.
  private func product(_ path: Explanation.Path) -> [String] {
    let opening = path.factors.firstIndex { $0.by.hasPrefix("z") }.flatMap { $0 < path.factors.count - 1 ? $0 : nil }
    let last = path.factors.count - 1
    let cells = path.factors.enumerated().map { index, factor in
      var (name, value) = ("∂\(factor.of)/∂\(factor.by)", number(factor.value))
      let width = max(name.count, value.count)
      (name, value) = (name.padded(to: width), value.padded(to: width))
      if index == opening { (name, value) = ("[" + name, "[" + value) }
      if index < last { return (name: name + " · ", value: value + " · ") }
      if opening != nil { (name, value) = (name + "]", value + "]") }
      return (name: name, value: "\(value) = \(number(path.product))")
    }
    let widths = cells.map { max($0.name.count, $0.value.count) }
    let isLong = 2 + widths.reduce(0, +) > 100
    var lines: [(names: String, values: String)] = [("  ", "  ")]
    for (index, cell) in cells.enumerated() {
      // A space at the end of a line does not count.
      if isLong && index == opening || lines[lines.count - 1].names.count + widths[index] > (index < last ? 101 : 100) {
        lines.append(("    ", "    "))
      }
      lines[lines.count - 1].names += cell.name
      lines[lines.count - 1].values += cell.value
    }
    return lines.flatMap { [$0.names, $0.values] }.map { $0.replacing(#/ +$/#, with: "") }
  }

  private var mean: String {
    let parameter = explanation.parameter
    let count = explanation.samples.count
    let terms = explanation.samples.prefix(4).map { signed($0.paths.total) }
    var text = "∂loss/∂\(parameter) = "
    text += count == 1 ? terms[0] : "(\(terms.joined(separator: " + "))\(count > 4 ? " + …" : "")) / \(count)"
    if let kl = explanation.kl {
      text += " + \(explanation.beta == 1 ? "" : "\(explanation.beta)·")\(signed(kl.total))"
    }
    return text + " = \(number(explanation.gradient.sumOverPaths))"
  }

  private var layers: [String] {
    var lines = ["", "The same sum, without the KL divergence, by the units of each layer that the paths go through:"]
    for layer in explanation.layers {
      var table = Table(["  \(layer.name)", "sum over paths"])
      for unit in layer.units { table.add(["  \(unit.name)", number(unit.sum)]) }
      if layer.count > layer.units.count {
        table.add(["  the other \(layer.count - layer.units.count)", number(layer.rest)])
      }
      table.add(["  all \(layer.count)", number(layer.total)])
      lines += ["", table.text]
    }
    return lines
  }

  private var comparison: [String] {
    let gradient = explanation.gradient
    var table = Table(["  ∂loss/∂\(explanation.parameter), found in four ways", "", "differs by"])
    func add(_ name: String, _ value: Double, _ difference: Bool = true) {
      table.add([
        "  \(name)", String(format: "%.15e", value),
        difference ? String(format: "%.1e", gradient.difference(value)) : "",
      ])
    }
    add("back-propagation, all samples in one batch (option 1)", gradient.backPropagation, false)
    add("mean of the samples' own gradients (option 2)", gradient.meanOverSamples)
    add("sum over all paths", gradient.sumOverPaths)
    add("central difference of the loss\(gradient.settles ? "" : ", at a kink")", gradient.centralDifference)
    return ["", table.text]
  }

  private func vector(_ symbol: String, _ values: [Double]) -> String {
    if values.count == 1 { return "\(symbol) = \(number(values[0]))" }
    return
      "\(symbol) = (\(values.prefix(values.count > 5 ? 3 : 5).map(number).joined(separator: ", "))\(values.count > 5 ? ", …" : ""))"
  }

  private func number(_ value: Double) -> String { String(format: "%.5g", value) }

  /// In parentheses where it is negative.
  private func signed(_ value: Double) -> String { value < 0 ? "(\(number(value)))" : number(value) }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
