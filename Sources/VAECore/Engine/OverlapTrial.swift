/// Whether gradients are exchanged beside computing, on a thread of its own. It pays where the network is slow, and costs where sending is
/// the processors' own work and all of them compute: so it is tried out in a trainer's first steps. No bit depends on it.
struct OverlapTrial {
  /// The steps of either kind that are timed, behind the first ones, which are slow for other reasons.
  private static let (timed, ignored) = (4, 2)

  private var steps = 0
  /// Of a step's last part, the least seconds so far.
  private var (beside, behind) = (Double.infinity, Double.infinity)
  private(set) var overlaps = false

  /// Adds a step; all ranks do so at once, and come to the same.
  mutating func add(_ seconds: Double, _ communicator: any Communicator) throws(VAEError) {
    if steps == Self.ignored + 2 * Self.timed { return }
    if steps >= Self.ignored {
      if overlaps { beside = min(beside, seconds) } else { behind = min(behind, seconds) }
    }
    steps += 1
    overlaps.toggle()
    if steps == Self.ignored + 2 * Self.timed {
      // The slowest rank is the one that others wait for.
      overlaps = try communicator.all(beside).max()! < communicator.all(behind).max()!
    }
  }
}
