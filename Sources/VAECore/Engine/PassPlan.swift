/// How passes of one size are cut into tasks.
struct PassPlan {
  /// What it depends on.
  struct Size: Hashable {
    let leaves: Leaves
    /// The leaves of this process.
    let own: Range<Int>
    let samples: Int
    /// Whether the row phase is one group.
    let isJoined: Bool
  }

  /// The row phase of one group of stages.
  struct Group {
    let group: StageGroup
    /// Several go through all stages one by one.
    let blocks: [Range<Int>]
    /// The stages of the only block, which the threads share; none where there are blocks.
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
  /// The weight phase, and the subtrees of leaves that it sums up.
  let tiles: [Tile]
  let subtrees: [Range<Int>]
  /// How many products are cut as the reference cuts them because they would have other bits, and how many there are.
  let fallbackCount, productCount: Int

  init(_ plan: EnginePlan, _ size: Size, choose: @escaping Choice) {
    var maker = Maker(plan: plan, size: size, chosen: choose)
    groups = (size.isJoined ? plan.joinedGroups : plan.groups).map { maker.group($0) }
    tiles = plan.purpose == .training ? maker.tiles() : []
    subtrees = size.leaves.subtrees(of: size.own)
    fallbackCount = maker.fallbackCount
    productCount =
      groups.reduce(0) { $0 + $1.group.stages.compactMap(\.product).count }
      + (plan.purpose == .training ? plan.network.products.count : 0)
  }
}

/// Makes a plan: as the shape has it, but for products that would have other bits than in the reference's.
private struct Maker {
  let plan: EnginePlan
  let size: PassPlan.Size
  private var leaves: Leaves { size.leaves }
  let chosen: PassPlan.Choice
  var fallbackCount = 0

  private var isFree: Bool { !plan.shape.bitsFollowShape || plan.shape.isReference }

  mutating func group(_ group: StageGroup) -> PassPlan.Group {
    let samples = group.ofSamples ? size.samples : 1
    let products = group.stages.compactMap(\.product)
    if leaves.count > 1 || size.own.isEmpty { return inBlocks(group, samples) }
    let data = leaves.data.total
    /// As the reference cuts a product.
    func reference(_ product: LayerProduct) -> ProductGrid {
      let (blocks, columns) = (
        plan.reference.blocks(of: data, rowsPerDatum: samples), product.columns(in: plan.network)
      )
      return blocks.count > 1
        ? ProductGrid(data: blocks, columns: .whole(columns))
        : plan.reference.sharedPieces(columns: columns, depth: 0, data: data, samples: samples)[0]
    }
    let blocks = plan.shape.blocks(of: data, rowsPerDatum: samples)
    if blocks.count > 1 {
      let isSame =
        isFree
        || products.allSatisfy {
          chosen(
            $0, samples, reference($0), [ProductGrid(data: blocks, columns: .whole($0.columns(in: plan.network)))])
            != nil
        }
      if isSame { return PassPlan.Group(group: group, blocks: blocks.all, rounds: []) }
      let others = plan.reference.blocks(of: data, rowsPerDatum: samples)
      if others.count > 1 {
        fallbackCount += products.count
        return PassPlan.Group(group: group, blocks: others.all, rounds: [])
      }
    }
    let rows = ProductGrid(
      data: plan.shape.elementwisePieces(data: data, samples: samples, threads: plan.shape.threads),
      columns: .whole(0))
    var rounds: [PassPlan.Round] = []
    for index in group.stages.indices {
      let pieces =
        group.stages[index].product.map { product in
          choose(
            product, samples, reference(product),
            among: plan.shape.sharedPieces(
              columns: product.columns(in: plan.network),
              depth: product.depth(in: plan.network, rows: data * samples), data: data, samples: samples))
        } ?? rows
      let (stage, last) = (group.stages[index], rounds.last?.stages[0].pieces)
      if let last, last.isOfData, pieces.isOfData, last.data == pieces.data {
        rounds[rounds.count - 1].stages.append((stage, pieces))
      } else {
        rounds.append(PassPlan.Round(stages: [(stage, pieces)]))
      }
    }
    return PassPlan.Group(group: group, blocks: [], rounds: rounds)
  }

  /// Several leaves in blocks of their own: as the shape cuts them where the products have the same bits, or else as the
  /// reference does.
  private mutating func inBlocks(_ group: StageGroup, _ samples: Int) -> PassPlan.Group {
    let products = group.stages.compactMap(\.product)
    func blocks(_ shape: TaskShape, of data: Int) -> Partition {
      shape.blocks(ofLeaf: data, among: size.own.count, rowsPerDatum: samples)
    }
    func isSame(_ data: Int) -> Bool {
      let (own, reference) = (blocks(plan.shape, of: data), blocks(plan.reference, of: data))
      return products.allSatisfy {
        let columns = Partition.whole($0.columns(in: plan.network))
        return chosen(
          $0, samples, ProductGrid(data: reference, columns: columns), [ProductGrid(data: own, columns: columns)])
          != nil
      }
    }
    var shape = plan.shape
    if plan.shape.bitsFollowShape && !leaves.lengths.allSatisfy(isSame) {
      shape = plan.reference
      fallbackCount += products.count
    }
    return PassPlan.Group(
      group: group,
      blocks: size.own.flatMap { leaf in
        let data = leaves.data[leaf]
        return blocks(shape, of: data.count).all
          .map { data.lowerBound + $0.lowerBound..<data.lowerBound + $0.upperBound }
      }, rounds: [])
  }

  mutating func tiles() -> [Tile] {
    let (references, shapes) = (plan.reference.tiles(of: plan.network), plan.shape.tiles(of: plan.network))
    return plan.network.layers.indices.flatMap { layer in
      let samples = layer < plan.network.encoderCount ? 1 : size.samples
      func pieces(_ columns: Partition, _ data: Int) -> ProductGrid {
        ProductGrid(data: .whole(data), columns: columns)
      }
      let isSame =
        isFree || !plan.network.products.contains(layer)
        || leaves.lengths.allSatisfy {
          chosen(.gradient(layer: layer), samples, pieces(references[layer], $0), [pieces(shapes[layer], $0)]) != nil
        }
      if !isSame { fallbackCount += 1 }
      return Tile.all(isSame ? shapes[layer] : references[layer], layer: layer)
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
