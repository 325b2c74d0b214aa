/// How bfloat16 numbers hold data.
enum PackedData {
  /// As they are, times a number.
  case exact(scale: Double)
  /// With what rounding takes away beside them.
  case rounded
  /// Not at all: they are multiplied otherwise.
  case unused
}
