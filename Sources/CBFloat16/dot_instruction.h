// Template: how a chain goes on by one unit, by the instruction for bfloat16. It takes no notice of the control register.

typedef units operand;
typedef int chain_mode;

ALWAYS_INLINE operand operand_of(units u) { return u; }

ALWAYS_INLINE floats dot(floats sum, operand a, operand b) {
  return (floats)_mm512_dpbf16_ps((__m512)sum, (__m512bh)b, (__m512bh)a);
}

ALWAYS_INLINE chain_mode begin_chains(void) { return 0; }
ALWAYS_INLINE void end_chains(chain_mode mode) { (void)mode; }
