import VAECore

/// Sparse matrices as SciPy writes them, scipy.sparse.save_npz: an archive of arrays, in the compressed form by rows (CSR)
/// `shape`, `indptr`, `indices` and `data`, and `format`, which says that it is that form.
extension ZipArchive {
  /// Whether it is such a matrix, in that form or in one of those with the same arrays.
  var isSparseMatrix: Bool {
    let names = members.map(\.name)
    return ["data.npy", "format.npy", "indices.npy", "indptr.npy", "shape.npy"].allSatisfy(names.contains)
  }

  /// The matrix `[N, D]`, in memory.
  ///
  /// - Throws: where it is in another form, or damaged.
  func sparseMatrix() throws(VAEError) -> Dataset {
    let format = try member("format.npy")
    guard format.size <= 4096 else {
      throw VAEError(.file, "\(path) is no sparse matrix: its format takes \(format.size) bytes.")
    }
    var reader = try reader(of: format)
    // A character takes a byte, or four of which three are 0.
    let text = try reader.readExactly(format.size, "the format").filter { $0 != 0 }
    guard text.suffix(3).elementsEqual("csr".utf8) else {
      throw VAEError(
        .file,
        "\(path) is a sparse matrix of SciPy, but not by rows: write it with scipy.sparse.save_npz(…, x.tocsr()).")
    }
    let shape = try integers("shape")
    guard shape.count == 2 else {
      throw VAEError(.file, "\(path) is a sparse matrix of shape \(shape): give one of rows and columns.")
    }
    guard shape[0] > 0 else { throw VAEError(.data, "\(path) has no data: it is a sparse matrix without rows.") }
    let (starts, columns) = (try integers("indptr"), try integers("indices"))
    guard starts.count - 1 == shape[0] else {
      throw VAEError(.file, "\(path) is damaged: of \(shape[0]) sparse rows, \(starts.count - 1) are there.")
    }
    let (values, type) = try numbers("data")
    do throws(VAEError) {
      let rows = try SparseRows(columnCount: shape[1], starts: starts, columns: columns, values: values)
      // Of values in one place SciPy makes their sum, and yes and yes is yes.
      return Dataset(name: path, rows: type == .bool ? rows.mapped { min($0, 1) } : rows)
    } catch { throw VAEError(.file, "\(path) is damaged. \(error.description)") }
  }

  private func numbers(_ array: String) throws(VAEError) -> (numbers: [Double], type: StoredType) {
    let opened = try NPZ.open(self, array: array + ".npy", allowingVectors: true)
    let data = try opened.source().inMemory()
    return (data.rows(0..<data.count, as: Double.self).elements, opened.stream.storedType)
  }

  private func integers(_ array: String) throws(VAEError) -> [Int] {
    try numbers(array).numbers.map { number throws(VAEError) in
      guard let integer = Int(exactly: number) else {
        throw VAEError(.file, "\(path) is damaged: its \(array) has \(number) among its whole numbers.")
      }
      return integer
    }
  }
}
