/// How passes of one size are cut into tasks.
struct PassPlan {
  /// What it depends on.
  struct Size: Hashable {
    let data: Int
    let samples: Int
    /// Whether the row phase is one group.
    let isJoined: Bool
  }

  /// The row phase of one group of stages.
  struct Group {
    let group: StageGroup
    /// Several go through all stages one by one.
    let blocks: Partition
    /// The stages of the only block, which the threads share.
    let rounds: [Round]
  }

  /// Stages of a block that the threads share, each with as many pieces: a task is one piece of each, one after the other.
  struct Round {
    var stages: [(stage: Stage, pieces: ProductGrid)]

    var count: Int { stages[0].pieces.count }
    var isForWeights: Bool { stages.allSatisfy(\.stage.isForWeights) }
  }

  /// Of some ways to cut a product of so many rows for each datum, the first that has the same bits as the reference.
  typealias Choice = (LayerProduct, _ rowsPerDatum: Int, _ reference: ProductGrid, _ candidates: [ProductGrid]) ->
    ProductGrid?

  let groups: [Group]
  /// The weight phase.
  let tiles: [Tile]
  /// How many products are cut as the reference cuts them because they would have other bits, and how many there are.
  let fallbackCount, productCount: Int

  init(_ plan: EnginePlan, _ size: Size, choose: @escaping Choice) {
    var maker = Maker(plan: plan, size: size, chosen: choose)
    groups = (size.isJoined ? plan.joinedGroups : plan.groups).map { maker.group($0) }
    tiles = plan.purpose == .training ? maker.tiles() : []
    fallbackCount = maker.fallbackCount
    productCount =
      groups.reduce(0) { $0 + $1.group.stages.compactMap(\.product).count }
      + (plan.purpose == .training ? plan.network.layers.count : 0)
  }
}

/// Makes a plan: as the shape has it, but for products that would have other bits than in the reference's.
private struct Maker {
  let plan: EnginePlan
  let size: PassPlan.Size
  let chosen: PassPlan.Choice
  var fallbackCount = 0

  private var isFree: Bool { !plan.shape.bitsFollowShape || plan.shape.isReference }

  mutating func group(_ group: StageGroup) -> PassPlan.Group {
    let samples = group.ofSamples ? size.samples : 1
    let products = group.stages.compactMap(\.product)
    /// As the reference cuts a product.
    func reference(_ product: LayerProduct) -> ProductGrid {
      let (blocks, columns) = (
        plan.reference.blocks(of: size.data, rowsPerDatum: samples), product.columns(in: plan.network)
      )
      return blocks.count > 1
        ? ProductGrid(data: blocks, columns: .whole(columns))
        : plan.reference.sharedPieces(columns: columns, depth: 0, data: size.data, samples: samples)[0]
    }
    let blocks = plan.shape.blocks(of: size.data, rowsPerDatum: samples)
    if blocks.count > 1 {
      let isSame =
        isFree
        || products.allSatisfy {
          chosen(
            $0, samples, reference($0), [ProductGrid(data: blocks, columns: .whole($0.columns(in: plan.network)))])
            != nil
        }
      if isSame { return PassPlan.Group(group: group, blocks: blocks, rounds: []) }
      let others = plan.reference.blocks(of: size.data, rowsPerDatum: samples)
      if others.count > 1 {
        fallbackCount += products.count
        return PassPlan.Group(group: group, blocks: others, rounds: [])
      }
    }
    let rows = ProductGrid(
      data: plan.shape.elementwisePieces(data: size.data, samples: samples, threads: plan.shape.threads),
      columns: .whole(0))
    var rounds: [PassPlan.Round] = []
    for index in group.stages.indices {
      let pieces =
        group.stages[index].product.map { product in
          choose(
            product, samples, reference(product),
            among: plan.shape.sharedPieces(
              columns: product.columns(in: plan.network),
              depth: product.depth(in: plan.network, rows: size.data * samples), data: size.data, samples: samples))
        } ?? rows
      let (stage, last) = (group.stages[index], rounds.last?.stages[0].pieces)
      if let last, last.isOfData, pieces.isOfData, last.data == pieces.data {
        rounds[rounds.count - 1].stages.append((stage, pieces))
      } else {
        rounds.append(PassPlan.Round(stages: [(stage, pieces)]))
      }
    }
    return PassPlan.Group(group: group, blocks: .whole(size.data), rounds: rounds)
  }

  mutating func tiles() -> [Tile] {
    let (references, shapes) = (plan.reference.tiles(of: plan.network), plan.shape.tiles(of: plan.network))
    return plan.network.layers.indices.flatMap { layer in
      func pieces(_ columns: Partition) -> ProductGrid { ProductGrid(data: .whole(size.data), columns: columns) }
      let chosen = choose(
        .gradient(layer: layer), layer < plan.network.encoderCount ? 1 : size.samples, pieces(references[layer]),
        among: [pieces(shapes[layer])])
      return Tile.all(chosen.columns, layer: layer)
    }.inOrder(plan.network)
  }

  private mutating func choose(
    _ product: LayerProduct, _ samples: Int, _ reference: ProductGrid, among candidates: [ProductGrid]
  ) -> ProductGrid {
    if isFree { return candidates[0] }
    if let same = chosen(product, samples, reference, candidates) { return same }
    fallbackCount += 1
    return reference
  }
}
