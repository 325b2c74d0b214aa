/// Runs minibatches through a network, forward and backward, in memory that it allocates once.
///
/// A pass takes M data with S of their L samples each, in two phases:
///
/// 1. *Row phase.* Blocks of rows go through the network's stages, from reading the data to the deltas of every layer.
/// 2. *Weight phase.* Each layer's weights are cut into tiles of output rows; a task computes a tile's gradient
///    δᵀ·a over all R rows in one GEMM, and may update the tile's parameters while the gradient is in cache.
///
/// Both consist of tasks that write disjoint memory, and no sum crosses tasks. Where a product's bits depend on its shape, it is
/// cut so that they are those of a shape that depends on the batch and the network alone (``TaskShape``). So the result is the
/// same, bit for bit, for every number of threads.
///
/// Letters: M data, S samples per pass, R = M·S rows (row r = i·S + l), D data dimensions, Z latent dimensions.
final class Engine<S: Scalar> {
  let network: Network
  let likelihood: any LikelihoodKernel
  let team: ThreadTeam
  let math = VectorMath<S>()
  let memory: EngineMemory<S>
  let scaling: Scaling?
  /// Of each column, whether it is of real numbers that the model sees as they are, and could see standardised; none where
  /// it does.
  let couldStandardize: [Bool]
  /// What is hidden from the encoder, where a source says so.
  let hiding: Hiding
  let plan: EnginePlan
  let products: LayerProducts<S>
  /// Of each size of passes that there was.
  private var passPlans: [PassPlan.Size: PassPlan] = [:]
  /// The parameter vector in pieces, which depend on the network alone.
  let vectorPieces: [Range<Int>]
  /// Of each piece of the gradient, where that is to be clipped.
  let squares: TaskResults<Double>
  /// Of each tile's update, where it left something that is not finite; see ``updateProblem(step:)``.
  let faults: TaskResults<UpdateFault?>
  let gradientVectors: GradientVectors<S>
  /// What is shared with other processes, where there are others.
  let exchange: Exchange<S>?
  /// Takes the times of all work, where somebody wants to know them.
  var profile: StepProfile?

  /// An engine for passes of at most `data` data and `samples` samples each, on threads that others may use in between.
  init(
    _ model: VariationalAutoencoder<S>, data: Int, samples: Int, team: ThreadTeam, purpose: EnginePurpose,
    precision: Precision = .full, communicator: (any Communicator)? = nil
  ) {
    network = model.network
    likelihood = purpose.countsPatterns ? model.configuration.kernel : model.configuration.kernelOfValues
    scaling = model.scaling
    let configuration = model.configuration
    couldStandardize =
      scaling == nil ? configuration.likelihood.standardizes(dataSize: configuration.dataSize) : []
    hiding = Hiding(configuration)
    self.team = team
    plan = EnginePlan(network, for: purpose, precision: precision, threads: team.width)
    exchange = communicator.flatMap { [network] in $0.count > 1 ? Exchange($0, network) : nil }
    let own = Leaves.mostData(
      of: exchange?.rank ?? 0, among: exchange?.count ?? 1, data: data, samples: samples)
    products = precision.products(network, for: purpose, data: own, samples: samples, type: S.self)
    vectorPieces = network.vectorPieces
    gradientVectors = GradientVectors(length: network.parameterVectorCount)
    squares = TaskResults(count: vectorPieces.count, 0)
    // A pass has tiles of either kind.
    faults = TaskResults(count: plan.tiles.count + plan.referenceTiles.count + vectorPieces.count, nil)
    memory = EngineMemory(plan, data: own, of: data, samples: samples, threads: team.threads)
  }

  /// How a pass is cut into tasks, which is found out once for each size.
  func passPlan(for pass: Pass) -> PassPlan {
    let size = PassPlan.Size(
      leaves: pass.leaves, own: pass.own, samples: pass.samples,
      isJoined: pass.size.samples == 1 && !pass.objective.couplesData)
    if let known = passPlans[size] { return known }
    let isLittle = isLittle(pass)
    let made = PassPlan(plan, size) { [network, team] in
      isLittle
        ? nil : ProductCheck($0, network, rowsPerDatum: $1, type: S.self).first(of: $3, like: $2, team: team)
    }
    // Who asks for ever other sizes shall not fill the memory with them.
    if passPlans.count == 64 { passPlans.removeAll() }
    passPlans[size] = made
    return made
  }

  /// Whether one thread has done a pass sooner than others wake up; in training they are awake.
  func isLittle(_ pass: Pass) -> Bool {
    let products = Double(pass.count) * Double(pass.samples) * Double(network.parameterVectorCount)
    return !memory.trains && products < plan.shape.productsOfOneThread
  }

  /// M data with S of their samples.
  struct Pass {
    let size: BatchCounts
    let objective: any ObjectiveKernel
    /// The index of the first of these samples among a datum's L; from the second pass on, the encoder's activations
    /// of these data are still in memory.
    let firstSample: Int
    let leaves: Leaves
    /// Those of this process.
    let own: Range<Int>

    /// In one leaf unless there are others.
    init(
      size: BatchCounts, objective: any ObjectiveKernel, firstSample: Int, leaves: Leaves? = nil,
      own: Range<Int>? = nil
    ) {
      (self.size, self.objective, self.firstSample) = (size, objective, firstSample)
      self.leaves = leaves ?? Leaves(whole: size.data)
      self.own = own ?? 0..<self.leaves.count
    }

    /// The data of this process.
    var data: Range<Int> { leaves.data(of: own) }
    /// M
    var count: Int { size.data }
    /// S
    var samples: Int { size.samplesInPass }
  }
}
