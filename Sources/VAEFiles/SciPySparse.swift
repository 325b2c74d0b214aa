import VAECore

/// Sparse matrices as SciPy writes them, scipy.sparse.save_npz: an archive of arrays, by rows `indptr`, `indices` and `data`.
extension ZipArchive {
  /// Whether it is such a matrix, by rows or by columns.
  var isSparseMatrix: Bool {
    let names = members.map(\.name)
    return ["data.npy", "format.npy", "indices.npy", "indptr.npy", "shape.npy"].allSatisfy(names.contains)
  }

  /// The matrix `[N, D]`, in memory.
  ///
  /// - Throws: where it is not by rows, not what it should be, or single precision does not hold its whole numbers.
  func sparseMatrix() throws(VAEError) -> Dataset {
    let format = try member("format.npy")
    guard format.size <= 4096 else {
      throw VAEError(.file, "\(path) is no sparse matrix: its format takes \(format.size) bytes.")
    }
    var reader = try reader(of: format)
    let bytes = try reader.readExactly(format.size, "the format")
    guard bytes.suffix(3).elementsEqual(Array("csr".utf8)) else {
      throw VAEError(
        .file,
        "\(path) is a sparse matrix of SciPy, but not by rows: write it with scipy.sparse.save_npz(…, x.tocsr()).")
    }
    let shape = try integers("shape")
    guard shape.count == 2, shape[0] > 0 else {
      throw VAEError(.file, "\(path) is a sparse matrix of shape \(shape): give one of rows and columns.")
    }
    let (starts, columns) = (try integers("indptr"), try integers("indices"))
    guard starts.count - 1 == shape[0] else {
      throw VAEError(.file, "\(path) is damaged: of \(shape[0]) sparse rows, \(starts.count - 1) are there.")
    }
    let numbers = try numbers("data")
    let values = numbers.map { Float($0) }
    if let index = numbers.indices.first(where: {
      numbers[$0] == numbers[$0].rounded() && Double(values[$0]) != numbers[$0]
    }) {
      throw VAEError(
        .data,
        "\(path): the value \(numbers[index]) in column \(columns[index]) is a whole number that single precision does not "
          + "hold, as sparse values are kept: scale them, or write them whole, numpy.save(…, x.toarray()).")
    }
    do throws(VAEError) {
      return Dataset(
        name: path, rows: try SparseRows(columnCount: shape[1], starts: starts, columns: columns, values: values))
    } catch { throw VAEError(.file, "\(path) is damaged. \(error.description)") }
  }

  private func numbers(_ array: String) throws(VAEError) -> [Double] {
    let data = try NPZ.open(self, array: array + ".npy", allowingVectors: true).source().inMemory()
    return data.rows(0..<data.count, as: Double.self).elements
  }

  private func integers(_ array: String) throws(VAEError) -> [Int] {
    try numbers(array).map { number throws(VAEError) in
      guard let integer = Int(exactly: number) else {
        throw VAEError(.file, "\(path) is damaged: its \(array) has \(number) among its whole numbers.")
      }
      return integer
    }
  }
}
