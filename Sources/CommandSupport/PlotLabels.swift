/// Finds places for labels beside what they name, clear of points and of each other where there is room.
struct PlotLabels {
  struct Point {
    let x: Double
    let y: Double

    fileprivate func place(_ right: Double, _ down: Double, _ anchor: Anchor) -> Place {
      Place(x: x + right, y: y + down, anchor: anchor)
    }
  }

  /// Which part of a label is where it is placed.
  enum Anchor: String { case start, middle, end }

  struct Place {
    let x: Double
    let y: Double
    let anchor: Anchor
  }

  /// The labels' size; their letters are about half as wide.
  static let size = 11

  private struct Box {
    let left, right, top, bottom: Double

    func meets(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  private let area: Box
  private var taken: [Box]

  /// Within a rectangle, given by its upper left and its lower right corner, with points in it.
  init(from start: Point, to end: Point, around points: [Point]) {
    area = Box(left: start.x, right: end.x, top: start.y, bottom: end.y)
    taken = points.map { Box(left: $0.x - 3, right: $0.x + 3, top: $0.y - 3, bottom: $0.y + 3) }
  }

  /// A place beside a point: above, to the right, to the left, below, and then farther and farther away.
  mutating func place(_ label: String, beside point: Point) -> Place {
    take(
      label,
      Self.distances.flatMap { distance in
        [
          point.place(0, -7 - distance, .middle), point.place(7 + distance, 4, .start),
          point.place(-7 - distance, 4, .end), point.place(0, 16 + distance, .middle),
        ]
      })
  }

  /// A place over the end of a line, or under it, or farther away.
  mutating func place(_ label: String, endingAt point: Point) -> Place {
    take(label, Self.distances.flatMap { [point.place(0, -5 - $0, .end), point.place(0, 14 + $0, .end)] })
  }

  private static let distances = stride(from: 0.0, to: 100, by: 12)

  private mutating func take(_ label: String, _ places: [Place]) -> Place {
    let place = places.first { isFree(box(label, $0)) } ?? places[0]
    taken.append(box(label, place))
    return place
  }

  private func isFree(_ box: Box) -> Bool {
    box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom
      && !taken.contains { $0.meets(box) }
  }

  private func box(_ label: String, _ place: Place) -> Box {
    let width = 0.55 * Double(Self.size * label.count)
    let left =
      switch place.anchor {
      case .start: place.x
      case .middle: place.x - width / 2
      case .end: place.x - width
      }
    return Box(left: left, right: left + width, top: place.y - Double(Self.size), bottom: place.y + 2)
  }
}
