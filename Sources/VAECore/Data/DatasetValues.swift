extension Dataset {
  /// Values as they are stored, one datum behind the other.
  enum Values: Sendable {
    case bytes(SharedMemory<UInt8>)
    case floats(SharedMemory<Float>)
    case doubles(SharedMemory<Double>)
    case sparse(SparseRows)

    var count: Int {
      switch self {
      case .bytes(let values): values.count
      case .floats(let values): values.count
      case .doubles(let values): values.count
      case .sparse(let rows): rows.rowCount * rows.columnCount
      }
    }

    /// How they are stored in memory.
    var storedType: StoredType {
      switch self {
      case .bytes: .uint8
      case .floats: .float32
      case .doubles: .float64
      case .sparse(let rows): rows.storedType
      }
    }

    /// Bytes in memory.
    var byteCount: Int { if case .sparse(let rows) = self { rows.byteCount } else { count * storedType.size } }

    /// Some ranges of data of `size` values each, one range behind the other.
    func select(_ ranges: [Range<Int>], size: Int) -> Values {
      func select<T>(_ values: SharedMemory<T>) -> SharedMemory<T> {
        values.withUnsafeBufferPointer { values in
          SharedMemory(ranges.flatMap { values[$0.lowerBound * size..<$0.upperBound * size] })
        }
      }
      return switch self {
      case .bytes(let values): .bytes(select(values))
      case .floats(let values): .floats(select(values))
      case .doubles(let values): .doubles(select(values))
      case .sparse(let rows): .sparse(rows.rows(ranges))
      }
    }

    /// Some columns of all data of `size` values each, in an order of their own.
    func select(columns: [Int], of size: Int) -> Values {
      func select<T>(_ values: SharedMemory<T>) -> SharedMemory<T> {
        values.withUnsafeBufferPointer { values in
          SharedMemory((0..<values.count / size).flatMap { row in columns.map { values[row * size + $0] } })
        }
      }
      return switch self {
      case .bytes(let values): .bytes(select(values))
      case .floats(let values): .floats(select(values))
      case .doubles(let values): .doubles(select(values))
      case .sparse(let rows): .sparse(rows.columns(columns))
      }
    }

    /// A value as it is stored.
    subscript(index: Int) -> Double {
      switch self {
      case .bytes(let values): Double(values[index])
      case .floats(let values): Double(values[index])
      case .doubles(let values): values[index]
      case .sparse(let rows): rows[index / rows.columnCount, index % rows.columnCount]
      }
    }

    /// The same with other numbers in the places where there is none.
    func replacingNaN(by number: (_ index: Int) -> Double) -> Values {
      switch self {
      case .bytes: self
      case .floats(let values):
        .floats(SharedMemory(values.array.enumerated().map { $1.isNaN ? Float(number($0)) : $1 }))
      case .doubles(let values): .doubles(SharedMemory(values.array.enumerated().map { $1.isNaN ? number($0) : $1 }))
      case .sparse(let rows):
        .sparse(rows.replacing { $2.isNaN ? number($0 * rows.columnCount + $1) : $2 })
      }
    }

    /// The values as a file holds them: bytes, or little-endian numbers.
    var fileBytes: [UInt8] {
      switch self {
      case .bytes(let values): values.array
      case .floats(let values): values.array.littleEndianBytes
      case .doubles(let values): values.array.littleEndianBytes
      case .sparse(let rows):
        rows.storedType.fitsInFloat
          ? rows.dense(0..<rows.rowCount).map { Float($0) }.littleEndianBytes
          : rows.dense(0..<rows.rowCount).littleEndianBytes
      }
    }

    /// The least and the greatest, NaN where one is; nil where there are none.
    var range: (lower: Double, upper: Double)? {
      func range<T: BinaryFloatingPoint>(_ values: UnsafeBufferPointer<T>) -> (lower: Double, upper: Double)? {
        var range: (lower: T, upper: T)?
        for value in values {
          guard !value.isNaN else { return (.nan, .nan) }
          range = (min(range?.lower ?? value, value), max(range?.upper ?? value, value))
        }
        return range.map { (Double($0.lower), Double($0.upper)) }
      }
      switch self {
      // That all are looked at is not worth their while.
      case .bytes: return (0, 255)
      case .floats(let values): return values.withUnsafeBufferPointer(range)
      case .doubles(let values): return values.withUnsafeBufferPointer(range)
      case .sparse(let rows):
        return (rows.storedCount < count ? rows.values + [0] : rows.values).withUnsafeBufferPointer(range)
      }
    }
  }
}
