import CommandSupport
import VAECore

/// Somebody who makes a product, on a number of threads.
struct Contender {
  /// The library and its function.
  let name: String
  /// What it multiplies, by the peak that it is compared with.
  let type: Ceiling.Kind
  /// Nil where it cannot be told how many to take.
  let threads: Int?
  let multiply: () -> Void
  private let prepare: () -> Void
  private let check: () throws -> Void

  private init<S: Scalar>(
    _ name: String, _ type: Ceiling.Kind, _ matrices: ProductMatrices<S>, threads: Int?,
    prepare: @escaping () -> Void = {}, multiply: @escaping () -> Void
  ) {
    self.name = name
    self.type = type
    self.threads = threads
    self.multiply = multiply
    self.prepare = prepare
    check = {
      prepare()
      try matrices.check(name + (threads.map { " on \(counted($0, "thread"))" } ?? ""), multiply)
    }
  }

  /// Throws where its product is wrong.
  func checkResult() throws { try check() }

  /// The seconds of a product.
  func time(repeats: Int) -> Double {
    prepare()
    multiply()
    return seconds { for _ in 0..<repeats { multiply() } } / Double(repeats)
  }

  /// Some libraries on some numbers of threads each, with numbers of a type.
  static func all<S: Scalar>(_ libraries: [MeasuredLibrary], _ product: Product, _ type: S.Type) -> [Contender] {
    let matrices = ProductMatrices<S>(product)
    let (function, kind) = S.elementType == .float64 ? ("dgemm", Ceiling.Kind.float64) : ("sgemm", .float32)
    return all(libraries, function, kind, matrices) { $0.multiply(matrices) }
  }

  /// The library's own products of bfloat16 numbers on some teams, and those of the libraries that have them. The numbers are
  /// rounded beforehand: what is checked are products and sums.
  static func bfloat16(_ libraries: [MeasuredLibrary], _ product: Product, _ teams: [ThreadTeam]) -> [Contender] {
    let matrices = ProductMatrices<Float>(product, changed: \.roundedToBFloat16)
    let own = teams.flatMap { team in
      let packed = PackedProduct(matrices, team)
      return [
        Contender("VAECore bf16", .bfloat16, matrices, threads: team.threads, multiply: packed.multiply),
        Contender("VAECore bf16 and packing", .bfloat16, matrices, threads: team.threads) {
          packed.pack()
          packed.multiply()
        },
      ]
    }
    let having = libraries.filter(\.library.hasBFloat16)
    if having.isEmpty { return own }
    let (a, b) = (matrices.a.bfloat16, matrices.b.bfloat16)
    return own + all(having, "sbgemm", .bfloat16, matrices) { $0.multiply(matrices, a: a, b: b) }
  }

  private static func all<S: Scalar>(
    _ libraries: [MeasuredLibrary], _ function: String, _ type: Ceiling.Kind, _ matrices: ProductMatrices<S>,
    _ multiply: @escaping (BLASLibrary) -> Void
  ) -> [Contender] {
    libraries.flatMap { measured in
      let library = measured.library
      return measured.threads.map { count in
        Contender(
          "\(measured.name) \(function)", type, matrices, threads: count,
          prepare: { if let count { library.threads?.set(count) } }, multiply: { multiply(library) })
      }
    }
  }
}

extension MatrixView<Float> {
  /// Bfloat16 numbers, as they are, by their bits.
  fileprivate var bfloat16: [UInt16] {
    (0..<rows).flatMap { row in (0..<columns).map { self[row, $0].bfloat16 } }
  }
}
