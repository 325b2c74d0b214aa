import CVectorMath

// The callers of optimizer.h.

/// Which of the optimizers' kernels.
package enum OptimizerKernel: Sendable {
  case sgd, adagrad, rmsprop, adam, adamW

  fileprivate var kernel: vm_optimizer {
    switch self {
    case .sgd: VM_SGD
    case .adagrad: VM_ADAGRAD
    case .rmsprop: VM_RMSPROP
    case .adam: VM_ADAM
    case .adamW: VM_ADAMW
    }
  }
}

/// An optimizer's step: which kernel, and the constants that it has.
package struct OptimizerStep: Sendable {
  let kernel: OptimizerKernel
  /// η and λ
  package var learningRate = 0.0
  package var weightDecay = 0.0
  package var momentum = 0.0
  package var decay = 0.0
  package var beta1 = 0.0
  package var beta2 = 0.0
  package var epsilon = 0.0
  /// 1 − β₁ᵗ and 1 − β₂ᵗ
  package var correction1 = 0.0
  package var correction2 = 0.0

  package init(_ kernel: OptimizerKernel) { self.kernel = kernel }

  fileprivate var constants: vm_update {
    var update = vm_update()
    (update.rate, update.weight_decay, update.momentum, update.decay) = (learningRate, weightDecay, momentum, decay)
    (update.beta1, update.beta2, update.epsilon) = (beta1, beta2, epsilon)
    (update.correction1, update.correction2) = (correction1, correction2)
    return update
  }
}

extension VectorMath {
  /// Takes an optimizer's step; whether the parameters and the state that it leaves are finite.
  @discardableResult
  package func optimize(
    _ step: OptimizerStep, parameters: MutableMatrixView<S>, gradient: MatrixView<S>, first: MutableMatrixView<S>?,
    second: MutableMatrixView<S>?
  ) -> Bool {
    checkVector(gradient, count: parameters.count, "gradient")
    for vector in [parameters, first, second] {
      if let vector { checkVector(vector, count: parameters.count, "parameters or state") }
    }
    return withUnsafePointer(to: step.constants) {
      kernels.pointee.optimize(
        step.kernel.kernel, parameters.count, parameters.base, gradient.base, first?.base, second?.base, $0)
    }
  }

  /// Σ x², in double precision.
  package func sumOfSquares(_ x: MatrixView<S>) -> Double {
    precondition(x.isContiguous, "\(x.shape) with gaps between rows")
    return kernels.pointee.sum_of_squares(x.count, x.base)
  }

  /// Whether all elements are finite. (A sum of squares that is, says so; one that is not may have overflowed.)
  func isFinite(_ x: MatrixView<S>) -> Bool {
    sumOfSquares(x).isFinite || (0..<x.columns).allSatisfy { x[0, $0].isFinite }
  }

  /// x ← x + y
  package func add(_ y: MatrixView<S>, to x: MutableMatrixView<S>) {
    precondition(
      x.isContiguous && y.isContiguous && x.count == y.count, "\(y.shape) added to \(x.shape), or gaps between rows")
    kernels.pointee.add(x.count, x.base, y.base)
  }

  /// x ← factor·x
  package func scale(_ x: MutableMatrixView<S>, by factor: Double) {
    precondition(x.isContiguous, "\(x.shape) with gaps between rows")
    kernels.pointee.scale(x.count, x.base, factor)
  }
}
