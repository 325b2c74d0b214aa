/// A BLAS's own number of threads.
struct BLASThreads: Sendable {
  private typealias Set = @convention(c) (Int) -> Void
  private typealias Get = @convention(c) () -> CInt

  /// The function that sets it, by its address.
  let setter: UInt
  private let getter: UInt?

  /// Those of OpenBLAS, BLIS, MKL and FlexiBLAS, and of everything else that OpenMP makes parallel. (BLIS counts with 64 bits.)
  private static let functions = [
    ("openblas_set_num_threads", "openblas_get_num_threads"),
    ("bli_thread_set_num_threads", "bli_thread_get_num_threads"),
    ("MKL_Set_Num_Threads", "MKL_Get_Max_Threads"),
    ("flexiblas_set_num_threads", "flexiblas_get_num_threads"),
    ("omp_set_num_threads", "omp_get_max_threads"),
  ]

  /// Nil where a library has no such function.
  init?(_ library: SharedLibrary, _ spelling: (String) -> String) {
    func find(_ name: String) -> UInt? {
      (library.symbol(spelling(name)) ?? library.symbol(name)).map { UInt(bitPattern: $0) }
    }
    for (set, get) in Self.functions {
      guard let found = find(set) else { continue }
      setter = found
      getter = find(get)
      return
    }
    return nil
  }

  /// Asks for a number of threads; whether the library says that it has them.
  @discardableResult
  func set(_ count: Int) -> Bool {
    unsafeBitCast(setter, to: Set.self)(count)
    return getter.map { unsafeBitCast($0, to: Get.self)() == CInt(count) } ?? true
  }
}
