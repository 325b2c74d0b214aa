/// By what data are known to be the very same: the copies of a source share it, and nothing else has it.
///
/// A name and a number of data tell nothing: what is known of data, or was read of them, holds for their identity alone.
public struct DataIdentity: Hashable, Sendable {
  private final class Token: Sendable {}

  /// Kept, so that no other takes its address.
  private let token = Token()

  /// One that nothing has yet.
  public init() {}

  /// Whether they are of the same data.
  public static func == (a: DataIdentity, b: DataIdentity) -> Bool { a.token === b.token }

  /// By the token's address.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(token)) }
}
