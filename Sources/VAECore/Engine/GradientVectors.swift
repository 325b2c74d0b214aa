/// Vectors laid out like the parameters, for the sums of a gradient; allocated once.
final class GradientVectors<S: Scalar> {
  private var views: [MutableMatrixView<S>] = []
  private var owned: [Buffer<S>] = []
  private let length: Int

  /// For so many parameters.
  init(length: Int) { self.length = length }

  /// At least so many, the first of which is somebody else's where it is given.
  func views(_ count: Int, first: MutableMatrixView<S>? = nil) -> [MutableMatrixView<S>] {
    if views.count >= count {
      guard let first else { return views }
      // (`views.first` would allocate.)
      if !views.isEmpty && views[0].base == first.base { return views }
    }
    views = first.map { [$0] } ?? []
    for index in 0..<max(0, count - views.count) {
      if index == owned.count { owned.append(Buffer(count: length)) }
      views.append(owned[index].mutableView)
    }
    return views
  }
}
