import Foundation
import VAECore

/// A BLAS by its C interface: the one that this program is linked with, or one that it loads.
struct BLASLibrary: Sendable {
  /// `cblas_sgemm`, and `cblas_sbgemm`, whose factors are bfloat16 numbers.
  ///
  /// Sizes are handed over with 64 bits: a library whose integers have 32 reads the lower half of a register or of a place
  /// on the stack, one whose integers have 64 all of it. So there is no wrong kind of library.
  typealias Single =
    @Sendable @convention(c) (
      CInt, CInt, CInt, Int, Int, Int, Float, UnsafeRawPointer, Int, UnsafeRawPointer, Int, Float,
      UnsafeMutableRawPointer, Int
    ) -> Void

  /// `cblas_dgemm`.
  typealias Double =
    @Sendable @convention(c) (
      CInt, CInt, CInt, Int, Int, Int, Swift.Double, UnsafeRawPointer, Int, UnsafeRawPointer, Int, Swift.Double,
      UnsafeMutableRawPointer, Int
    ) -> Void

  /// What it is called in tables.
  let name: String
  /// The file that its functions come from.
  let file: String
  let threads: BLASThreads?
  private let single: Single
  private let double: Double
  private let bfloat16: Single?

  /// The OpenBLAS that this program is linked with, called in the same way as the others.
  static let linked: BLASLibrary = {
    do {
      return try BLASLibrary(name: "OpenBLAS", in: SharedLibrary(path: nil))
    } catch {
      preconditionFailure("this program's own BLAS: \(error)")
    }
  }()

  /// A library by its file, or by a name that the system finds.
  init(path: String) throws(VAEError) {
    try self.init(name: (path as NSString).lastPathComponent, in: SharedLibrary(path: path))
    let isOurs = threads != nil && threads?.setter == BLASLibrary.linked.threads?.setter
    if isOurs || file == BLASLibrary.linked.file {
      throw VAEError(
        .configuration,
        "\(path) multiplies with \(BLASLibrary.linked.file), which this program is linked with: it would be measured "
          + "against itself; leave --library \(path) out.")
    }
  }

  private init(name: String, in library: SharedLibrary) throws(VAEError) {
    // As it is, of 64-bit integers (OpenBLAS, MKL and netlib), and in SciPy's packages.
    let spellings = ["", "64_", "_64"].flatMap { suffix in
      ["", "scipy_"].map { prefix in { (symbol: String) in prefix + symbol + suffix } }
    }
    guard let spelling = spellings.first(where: { library.symbol($0("cblas_sgemm")) != nil }) else {
      throw VAEError(
        .configuration,
        "\(library.path) is no BLAS with a C interface: it has no cblas_sgemm. Some keep that in a library of its own, "
          + "as libcblas.")
    }
    func symbol(_ symbol: String) throws(VAEError) -> UnsafeMutableRawPointer {
      if let found = library.symbol(spelling(symbol)) { return found }
      throw VAEError(.configuration, "\(library.path) has \(spelling("cblas_sgemm")), but no \(spelling(symbol)).")
    }
    let sgemm = try symbol("cblas_sgemm")
    self.name = name
    file = SharedLibrary.file(of: sgemm) ?? library.path
    single = unsafeBitCast(sgemm, to: Single.self)
    double = unsafeBitCast(try symbol("cblas_dgemm"), to: Double.self)
    bfloat16 = library.symbol(spelling("cblas_sbgemm")).map { unsafeBitCast($0, to: Single.self) }
    threads = BLASThreads(library, spelling)
  }

  /// Makes a product of numbers of one of the two types.
  func multiply<S: Scalar>(_ matrices: ProductMatrices<S>) {
    let (a, b, c) = (matrices.a, matrices.b, matrices.c)
    let (opA, opB, m, n, k) = Self.arguments(matrices.product)
    switch S.elementType {
    case .float32:
      single(Self.rowMajor, opA, opB, m, n, k, 1, a.base, a.stride, b.base, b.stride, 0, c.base, c.stride)
    case .float64:
      double(Self.rowMajor, opA, opB, m, n, k, 1, a.base, a.stride, b.base, b.stride, 0, c.base, c.stride)
    }
  }

  /// Whether it multiplies bfloat16 numbers.
  var hasBFloat16: Bool { bfloat16 != nil }

  /// Makes a product of the same numbers as bfloat16 numbers.
  func multiply(_ matrices: ProductMatrices<Float>, a: [UInt16], b: [UInt16]) {
    let c = matrices.c
    let (opA, opB, m, n, k) = Self.arguments(matrices.product)
    precondition(a.count == matrices.a.count && b.count == matrices.b.count, "\(a.count) and \(b.count) numbers")
    a.withUnsafeBytes { first in
      b.withUnsafeBytes { second in
        bfloat16?(
          Self.rowMajor, opA, opB, m, n, k, 1, first.baseAddress!, matrices.a.stride, second.baseAddress!,
          matrices.b.stride, 0, c.base, c.stride)
      }
    }
  }

  /// CBLAS's names of the order and of what is done with a factor.
  private static let (rowMajor, asItIs, transposed): (CInt, CInt, CInt) = (101, 111, 112)

  private static func arguments(_ product: Product) -> (CInt, CInt, Int, Int, Int) {
    (
      product.transposesA ? transposed : asItIs, product.transposesB ? transposed : asItIs, product.m, product.n,
      product.k
    )
  }
}
