extension Dataset {
  /// Values as they are stored, one datum behind the other.
  enum Values: Sendable {
    case bytes([UInt8])
    case floats([Float])
    case doubles([Double])

    var count: Int {
      switch self {
      case .bytes(let values): values.count
      case .floats(let values): values.count
      case .doubles(let values): values.count
      }
    }

    /// How they are stored in memory.
    var storedType: StoredType {
      switch self {
      case .bytes: .uint8
      case .floats: .float32
      case .doubles: .float64
      }
    }

    /// The values at some ranges of places, one range behind the other.
    func select(_ ranges: [Range<Int>]) -> Values {
      switch self {
      case .bytes(let values): .bytes(ranges.flatMap { values[$0] })
      case .floats(let values): .floats(ranges.flatMap { values[$0] })
      case .doubles(let values): .doubles(ranges.flatMap { values[$0] })
      }
    }

    /// A value as it is stored.
    subscript(index: Int) -> Double {
      switch self {
      case .bytes(let values): Double(values[index])
      case .floats(let values): Double(values[index])
      case .doubles(let values): values[index]
      }
    }

    /// The same with other numbers in the places where there is none.
    func replacingNaN(by number: (_ index: Int) -> Double) -> Values {
      switch self {
      case .bytes: self
      case .floats(let values): .floats(values.enumerated().map { $1.isNaN ? Float(number($0)) : $1 })
      case .doubles(let values): .doubles(values.enumerated().map { $1.isNaN ? number($0) : $1 })
      }
    }

    /// The values as a file holds them: bytes, or little-endian numbers.
    var fileBytes: [UInt8] {
      switch self {
      case .bytes(let values): values
      case .floats(let values): values.littleEndianBytes
      case .doubles(let values): values.littleEndianBytes
      }
    }

    /// The least and the greatest, NaN where one is; nil where there are none.
    var range: (lower: Double, upper: Double)? {
      func range<T: BinaryFloatingPoint>(_ values: [T]) -> (lower: Double, upper: Double)? {
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
      case .floats(let values): return range(values)
      case .doubles(let values): return range(values)
      }
    }
  }
}
