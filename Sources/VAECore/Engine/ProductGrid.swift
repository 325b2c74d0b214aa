/// Rows of some data times columns of a layer in pieces: a grid of ranges of both.
package struct ProductGrid: Hashable {
  package let data: Partition
  package let columns: Partition

  package init(data: Partition, columns: Partition) { (self.data, self.columns) = (data, columns) }

  /// What of a block's data and of a layer's columns a piece stands for.
  package struct Piece {
    package let data: Range<Int>
    package let columns: Range<Int>
  }

  package var count: Int { data.count * columns.count }

  package subscript(index: Int) -> Piece {
    Piece(data: data[index / columns.count], columns: columns[index % columns.count])
  }

  /// Whether each piece has all columns.
  var isOfData: Bool { columns.count == 1 }
}
