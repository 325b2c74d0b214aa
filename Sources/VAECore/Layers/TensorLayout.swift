/// A named tensor in the parameter vector.
package struct TensorLayout: Sendable, Equatable {
  package let name: String
  /// `[outputs, inputs]` of a weight, the condition's inputs included, `[outputs]` of a bias.
  package let shape: [Int]
  package let offset: Int

  package var count: Int { shape.reduce(1, *) }
  package var range: Range<Int> { offset..<offset + count }

  /// The tensors of a layer: each part's weight, where it has one, and bias.
  static func of(_ layer: DenseLayer) -> [TensorLayout] {
    var first = 0
    return layer.parts.flatMap { part in
      defer { first += part.size }
      let rows = layer.weightRows(of: first..<first + part.size)
      let weight = TensorLayout(
        name: part.name + ".weight", shape: [part.size, layer.weightColumns],
        offset: layer.weightOffset + rows.lowerBound * layer.weightColumns)
      let bias = TensorLayout(name: part.name + ".bias", shape: [part.size], offset: layer.biasOffset + first)
      return part.isConstant ? [bias] : [weight, bias]
    }
  }
}
