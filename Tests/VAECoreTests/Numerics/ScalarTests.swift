import Testing
import VAECore

#if !(os(macOS) && arch(x86_64))
  /// A type that the kernels do not know. All that its author can do is promise kernels that there are not.
  extension Float16: Scalar {
    public static var kernels: ScalarKernels<Float16> { fatalError("there are no kernels of Float16") }
  }
#endif

struct ScalarTests {
  @Test func elementTypes() {
    #expect(Float.elementType == .float32 && Float.elementType.size == MemoryLayout<Float>.stride)
    #expect(Double.elementType == .float64 && Double.elementType.size == MemoryLayout<Double>.stride)
  }

  #if !(os(macOS) && arch(x86_64))
    /// Another type gets no memory, so that nothing can be written into it as if it were `Float`'s.
    @Test func otherTypesHaveNoMemory() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var product = Matrix<Float16>(rows: 2, columns: 2)
        product.formProduct(Matrix(rows: 2, columns: 3), by: Matrix(rows: 3, columns: 2))
      }
      let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(message.contains("there are no kernels of Float16"), "\(message)")
    }
  #endif
}
