// The only file that calls OpenBLAS's BLAS. Every dimension is checked before the call: OpenBLAS's own error
// handler prints a line and goes on. Views carry their bounds, checked when they were made.

import CBLAS
import Foundation

package enum BLAS {
  /// C ← α·op(A)·op(B) + β·C. Shapes: op(A) `[m, k]`, op(B) `[k, n]`, C `[m, n]`; C must not overlap A or B.
  package static func multiply<S: Scalar>(
    _ a: MatrixView<S>, by b: MatrixView<S>, transposingA: Bool = false, transposingB: Bool = false, alpha: S = 1,
    beta: S = 0, into c: MutableMatrixView<S>
  ) {
    let (m, k) = transposingA ? (a.columns, a.rows) : (a.rows, a.columns)
    let (inner, n) = transposingB ? (b.columns, b.rows) : (b.rows, b.columns)
    precondition(
      inner == k && c.rows == m && c.columns == n,
      "product of \(a.shape)\(transposingA ? "ᵀ" : "") and \(b.shape)\(transposingB ? "ᵀ" : "") into \(c.shape)")
    if m == 0 || n == 0 { return }
    // blasint is 32 bits wide: the initialiser traps where a dimension is not.
    let (rows, columns, depth) = (blasint(m), blasint(n), blasint(k))
    let (lda, ldb, ldc) = (blasint(max(a.stride, 1)), blasint(max(b.stride, 1)), blasint(c.stride))
    let (opA, opB) = (transposingA ? CblasTrans : CblasNoTrans, transposingB ? CblasTrans : CblasNoTrans)
    switch S.elementType {
    case .float32:
      cblas_sgemm(
        CblasRowMajor, opA, opB, rows, columns, depth, Float(alpha),
        a.pointer(to: Float.self), lda, b.pointer(to: Float.self), ldb, Float(beta), c.pointer(to: Float.self), ldc)
    case .float64:
      cblas_dgemm(
        CblasRowMajor, opA, opB, rows, columns, depth, Double(alpha),
        a.pointer(to: Double.self), lda, b.pointer(to: Double.self), ldb, Double(beta), c.pointer(to: Double.self),
        ldc)
    }
  }

  /// Runs `body` while OpenBLAS computes every call on the calling thread, and restores the program's setting.
  ///
  /// The library is parallel by itself, over blocks and tiles of fixed shape, so that results do not depend on the
  /// number of threads. Besides, OpenBLAS before 0.3.34 can corrupt results when several threads call its
  /// multi-threaded GEMM at once. Nested and concurrent uses share one setting; the last to leave restores it.
  package static func withOneThread<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    requireMemory
    users.withLock { state in
      if state.count == 0 {
        state.restored = openblas_get_num_threads()
        if state.restored != 1 { openblas_set_num_threads(1) }
      }
      state.count += 1
    }
    defer {
      users.withLock { state in
        state.count -= 1
        if state.count == 0 && state.restored != 1 { openblas_set_num_threads(state.restored) }
      }
    }
    return try body()
  }

  /// What OpenBLAS maps for each thread that multiplies, when it first does, and then keeps.
  private static let bufferSize = 128 << 20

  /// The threads that have such memory, where somebody asked.
  private static let threadsWithMemory = Locked(0)

  /// Throws where OpenBLAS cannot have its memory for so many threads: it would try again for ever.
  ///
  /// Only a limit of the address space (RLIMIT_AS) makes it that short; then OpenBLAS takes the memory here and now.
  package static func checkMemory(threads: Int) throws(VAEError) {
    guard let left = Machine.addressSpaceLeft else { return }
    let isThere = threadsWithMemory.withLock { had in
      if threads <= had { return true }
      let missing = threads - had
      guard left / bufferSize >= missing, canMap(missing * bufferSize) else { return false }
      takeMemory(threads: threads)
      had = threads
      return true
    }
    if !isThere {
      throw VAEError(
        .configuration,
        "OpenBLAS needs \(bufferSize) bytes of address space for each thread, here \(threads); the limit of this process "
          + "leaves \(left): raise it (ulimit -v), or use fewer threads.")
    }
  }

  /// Lets OpenBLAS map its buffers, as so many products at once would. (The functions are no part of its documented
  /// interface; without them the first products map the buffers.)
  private static func takeMemory(threads: Int) {
    typealias Allocate = @convention(c) (CInt) -> UnsafeMutableRawPointer?
    typealias Free = @convention(c) (UnsafeMutableRawPointer?) -> Void
    guard let program = dlopen(nil, RTLD_NOW), let allocate = dlsym(program, "blas_memory_alloc"),
      let free = dlsym(program, "blas_memory_free")
    else { return }
    let buffers = (0..<threads).map { _ in unsafeBitCast(allocate, to: Allocate.self)(0) }
    for buffer in buffers { unsafeBitCast(free, to: Free.self)(buffer) }
  }

  /// As many of some threads as OpenBLAS can have memory for; at least one.
  package static func threads(atMost wanted: Int) -> Int {
    var threads = wanted
    if let left = Machine.addressSpaceLeft {
      threads = min(threads, threadsWithMemory.withLock { $0 } + left / bufferSize)
    }
    while threads > 1 && (try? checkMemory(threads: threads)) == nil { threads -= 1 }
    return max(threads, 1)
  }

  private static func canMap(_ count: Int) -> Bool {
    guard let trial = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), trial != MAP_FAILED
    else { return false }
    munmap(trial, count)
    return true
  }

  /// For those that cannot throw: looks once.
  private static let requireMemory: Void = {
    do throws(VAEError) { try checkMemory(threads: 1) } catch { preconditionFailure(error.description) }
  }()

  private static let users = Locked<(count: Int, restored: CInt)>((0, 1))

  /// Version and build options, such as "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …".
  ///
  /// It is asked for once: OpenBLAS puts the text together anew at each call, in memory that all threads share.
  package static let configuration = String(cString: openblas_get_config())

  /// The processor family whose kernels OpenBLAS chose, such as "SkylakeX".
  package static let coreName = String(cString: openblas_get_corename())

  /// OpenBLAS's own number of threads.
  package static var threads: Int {
    get { Int(openblas_get_num_threads()) }
    set { openblas_set_num_threads(CInt(newValue)) }
  }
}

extension MatrixView {
  /// The memory as the element type that it is, once `Element.elementType` told which.
  package func pointer<T>(to type: T.Type) -> UnsafePointer<T> {
    precondition(T.self == Element.self, "\(Element.self) elements taken for \(T.self)")
    return UnsafeRawPointer(base).assumingMemoryBound(to: T.self)
  }
}

extension MutableMatrixView {
  /// The memory as the element type that it is, to write.
  package func pointer<T>(to type: T.Type) -> UnsafeMutablePointer<T> {
    UnsafeMutablePointer(mutating: view.pointer(to: type))
  }
}
