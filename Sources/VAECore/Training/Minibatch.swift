/// Some data of an epoch, in its order.
package struct Minibatch {
  /// What they are among.
  package let data: Dataset
  /// Where they are there.
  package let rows: ArraySlice<UInt64>
  /// Where they are in the whole set.
  package let positions: ArraySlice<UInt64>

  var count: Int { rows.count }
}

extension Minibatch {
  /// One put together from what stands at the end of one window and at the beginning of the next. Few are.
  init(joining pieces: [Minibatch]) {
    var builder = DatasetBuilder(DataKind(pieces[0].data))
    for piece in pieces { builder.append(piece.data.read(piece.rows.map { Int($0)..<Int($0) + 1 })) }
    data = builder.dataset()
    rows = (0..<UInt64(data.count)).map { $0 }[...]
    positions = pieces.flatMap(\.positions)[...]
  }
}
