import Foundation

/// Pieces of a page. Names come from files of strangers: whatever is not markup goes through `escaped`.
enum Markup {
  /// A text as HTML and SVG show it, in elements and in quoted attributes.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      // Control characters, of which a page may have none, and those that turn the text behind them around.
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A name, cut to fit into a drawing, and escaped.
  static func short(_ text: String, _ length: Int) -> String {
    escaped(text.count <= length ? text : "\(text.prefix(length - 1))…")
  }

  /// A place on the paper, to a hundredth.
  static func place(_ value: Double) -> String { String(format: "%.6g", (value * 100).rounded() / 100) }

  /// A number with three decimals; a dash where there is none.
  static func number(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }

  /// A share in percent, with another digit where it is almost none or almost all.
  static func percent(_ value: Double) -> String {
    String(format: value < 0.1 || value > 0.99 && value < 1 ? "%.2f %%" : "%.1f %%", 100 * value)
  }

  /// A rectangle of a class.
  static func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ name: String) -> String {
    "<rect x=\"\(place(x))\" y=\"\(place(y))\" width=\"\(place(max(0, width)))\" height=\"\(place(max(0, height)))\" "
      + "class=\"\(name)\"/>"
  }

  /// A text that ends, begins or has its middle at a place; `text` is markup.
  static func text(_ text: String, _ x: Double, _ y: Double, _ anchor: String = "start") -> String {
    "<text x=\"\(place(x))\" y=\"\(place(y))\" text-anchor=\"\(anchor)\">\(text)</text>"
  }
}
