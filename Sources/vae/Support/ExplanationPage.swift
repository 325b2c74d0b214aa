import CommandSupport
import Foundation
import VAECore
import VAEExplanation

/// An explanation as one page that needs nothing else: the network drawn, its paths to point at, and the formula of the
/// one pointed at. The page's script only draws what the explanation says.
struct ExplanationPage {
  let html: String

  init(_ explanation: Explanation, of choice: NetworkOptions.Choice) throws {
    let content = Content(
      explanation: explanation, network: choice.title, error: choice.model.configuration.likelihood.formula)
    // "<" could end the script element.
    let json = try Terminal.json(content).replacing("<", with: "\\u003c")
    html = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>The gradient by \(explanation.parameter)</title>
      <style>
      \(pageStyle)</style>
      </head>
      <body>
      <main></main>
      <script type="application/json" id="content">\(json)</script>
      <script>
      \(pageScript)</script>
      </body>
      </html>

      """
  }

  private struct Content: Encodable {
    let explanation: Explanation
    let network: String
    let error: String
  }
}
