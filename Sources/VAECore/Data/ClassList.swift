/// Classes as a person reads them: "0 to 9", "1, 2, 5".
public struct ClassList: CustomStringConvertible {
  private let classes: [Int]

  /// Of ascending classes.
  public init(_ classes: [Int]) { self.classes = classes }

  /// "0 to 9", "1, 2, 5", "3, 5, 8, … 40 (12 in all)"
  public var description: String {
    guard let first = classes.first, let last = classes.last else { return "none" }
    if classes.count == 1 { return "\(first)" }
    if last - first == classes.count - 1 { return "\(first) to \(last)" }
    if classes.count <= 12 { return classes.map(String.init).joined(separator: ", ") }
    return classes.prefix(8).map(String.init).joined(separator: ", ") + ", … \(last) (\(classes.count) in all)"
  }
}
