/// How a gradient g changes the parameters w, at step t = 1, 2, … with learning rate η.
///
/// Weight decay λ is added to the gradient, g ← g + λ·w, for all parameters, biases included: with λ = 1/N it is the
/// gradient of the prior p(θ) = N(0, I) in nats per datum. For ``adamW(beta1:beta2:epsilon:)`` it shrinks the weights
/// instead. Squares, roots and quotients are element by element.
public struct Optimizer: Chosen {
  /// What it is and does.
  let model: any OptimizerModel

  /// The optimizers that settings can name: each is one type.
  public static let choices = Choices("optimizer", [SGD.self, Adagrad.self, RMSprop.self, Adam.self, AdamW.self])

  init(_ model: some OptimizerModel) { self.model = model }

  /// One of the ``choices``; nil of anything else.
  public init?(choice: any Choice) {
    guard let model = choice as? any OptimizerModel else { return nil }
    self.model = model
  }

  /// What was chosen.
  public var choice: any Choice { model }

  /// How many numbers per parameter the optimizer remembers.
  package var stateCount: Int { model.state.count }

  /// Step `step` = 1, 2, …, ready to be taken.
  package func step(_ step: Int, learningRate: Double, weightDecay: Double) -> OptimizerStep {
    var update = model.step(step)
    (update.learningRate, update.weightDecay) = (learningRate, weightDecay)
    return update
  }
}

/// What an optimizer must know.
protocol OptimizerModel: Choice {
  /// What it remembers of each parameter.
  var state: [OptimizerMemory] { get }

  /// The kernel of step t = 1, 2, … and its constants, but for learning rate and weight decay.
  func step(_ t: Int) -> OptimizerStep
}

/// What an optimizer remembers of a parameter.
enum OptimizerMemory {
  /// A sum or a mean of gradients.
  case gradients
  /// A sum or a mean of their squares, which is never negative.
  case squares
}
