/// In which precision a model's matrices are multiplied.
public enum Precision: String, Codable, Sendable, CaseIterable {
  /// In the model's own, by OpenBLAS.
  case full
  /// Products of bfloat16 numbers, with sums in single precision: about half the time where the processor has an instruction for
  /// that. Parameters, the optimizer's state, activations and losses are in single precision. For models of `Float`.
  case mixed

  /// What is to be said of how this processor multiplies so; nil where that is as ever.
  package var remark: String? {
    switch self {
    case .full: nil
    case .mixed: "mixed precision: \(VectorLevel.current.productRemark)"
    }
  }

  /// The precision in which this processor multiplies large matrices in half the time, if there is one.
  func faster<S: Scalar>(for type: S.Type) -> Precision? {
    switch self {
    case .full: VectorLevel.current.hasBFloat16 && (try? Precision.mixed.check(type)) != nil ? .mixed : nil
    case .mixed: nil
    }
  }

  /// Throws where models of a type are not multiplied so.
  func check<S: Scalar>(_ type: S.Type) throws(VAEError) {
    switch self {
    case .full: break
    case .mixed:
      if S.elementType != .float32 {
        throw VAEError(
          .configuration,
          "Mixed precision (precision) is of models in single precision, and this one is of \(S.self): choose full, or convert the "
            + "model to Float.")
      }
    }
  }

  /// The products of a network in this precision, for passes of at most so many data and samples of each.
  func products<S: Scalar>(
    _ network: Network, for purpose: EnginePurpose, data: Int, samples: Int, type: S.Type
  ) -> LayerProducts<S> {
    switch self {
    case .full: purpose.rowsAreAlike ? .rowByRow(network) : .full(network, VectorMath())
    case .mixed: .mixed(MixedProducts(network, MixedLayout(network, for: purpose, data: data, samples: samples)))
    }
  }

  /// The bytes that these take for themselves.
  func packedByteCount(_ network: Network, for purpose: EnginePurpose, data: Int, samples: Int) -> Int {
    switch self {
    case .full: 0
    case .mixed: MixedLayout(network, for: purpose, data: data, samples: samples).byteCount
    }
  }
}
