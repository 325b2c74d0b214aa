import VAECore

/// A matrix product as a training step has it: C `[m, n]` ← op(A)·op(B) over k.
struct Product: Codable, Hashable {
  let name: String
  let m: Int
  let n: Int
  let k: Int
  let transposesA: Bool
  let transposesB: Bool

  var flops: Double { 2 * Double(m) * Double(n) * Double(k) }
  /// Its sizes, as "100x500x784".
  var shape: String { "\(m)x\(n)x\(k)" }
  /// Its name, its sizes, and what is transposed.
  var title: String { (name == shape ? "" : name + ", ") + "\(shape) \(transposes)" }
  /// Which factors are transposed, as "NT".
  var transposes: String { (transposesA ? "T" : "N") + (transposesB ? "T" : "N") }

  enum CodingKeys: String, CodingKey {
    case name, m, n, k
    case transposesA = "transposes_a"
    case transposesB = "transposes_b"
  }

  /// All products of a training step, each layer's over all its rows at once.
  static func all(of shape: StepShape) -> [Product] {
    let network = Network(shape.model)
    return network.products.flatMap { index in
      let layer = network.layers[index]
      let rows = index < network.encoderCount ? shape.batchSize : shape.batchSize * shape.samples
      let name = layer.parts.map(\.name).joined(separator: "+")
      func product(_ kind: String, _ m: Int, _ n: Int, _ k: Int, _ a: Bool, _ b: Bool) -> Product {
        Product(name: "\(name) \(kind)", m: m, n: n, k: k, transposesA: a, transposesB: b)
      }
      let forward = product("forward", rows, layer.outputs, layer.inputs, false, true)
      let backward = product("backward", rows, layer.inputs, layer.outputs, false, false)
      let gradient = product("gradient", layer.outputs, layer.inputs, rows, true, false)
      return index == 0 ? [forward, gradient] : [forward, backward, gradient]
    }
  }

  /// The bytes of its three matrices, so many times; nil where they are beyond counting.
  func byteCount(of type: ElementType, times copies: Int = 1) -> Int? {
    var total = 0
    for (rows, columns) in [(m, k), (k, n), (m, n)] {
      let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
      let (bytes, overflowed) = count.multipliedReportingOverflow(by: type.size * copies)
      let (sum, overflows) = total.addingReportingOverflow(bytes)
      if overflow || overflowed || overflows { return nil }
      total = sum
    }
    return total
  }

  /// Those of numbers of a type, once: bfloat16 factors have sums in single precision.
  func bytes(of type: Ceiling.Kind) -> Double {
    let (m, n, k) = (Double(m), Double(n), Double(k))
    let (factor, sum): (Double, Double) =
      switch type {
      case .float32, .memory: (4, 4)
      case .float64: (8, 8)
      case .bfloat16: (2, 4)
      }
    return factor * (m * k + k * n) + sum * m * n
  }
}
