// Template: units as floats.

/// The numbers of a vector of units, as floats.
typedef struct {
  floats first, second;
} operand;

ALWAYS_INLINE operand operand_of(units u) { return (operand){(floats)(u << 16), (floats)(u & 0xffff0000)}; }
