import Foundation
import TestSupport
import Testing
import VAECore
import VAEFiles

/// Sparse matrices as SciPy writes them are data.
@Suite struct SciPySparseTests {
  private static let python = Python(with: "scipy.sparse")

  /// The fixture's matrix is the other arrays', one of whose fifteen numbers is 0.
  @Test func aMatrixOfSciPyIsData() throws {
    let file = try DataFile.open(formatFixture("sparse.npz"))
    let data = try file.data.source()
    #expect(file.format == "NPZ" && data.count == 5 && data.dataSize == 3)
    let whole = try DataFile.open(formatFixture("stored.npz:x")).data.source().inMemory()
    #expect(try data.inMemory().rows(0..<5, as: Float.self) == whole.rows(0..<5, as: Float.self))
    #expect(data.memoryByteCount == 8 * 6 + 12 * 14)
  }

  /// As SciPy writes them, compressed or not, in every type, and by rows or otherwise; and damaged.
  @Test(.enabled(if: python != nil, "needs a Python with SciPy; set VAE_PYTHON to one"))
  func whatSciPyWrites() throws {
    try withTemporaryFolder { folder in
      let program = """
        import sys, numpy as np, scipy.sparse as s
        x = np.zeros((6, 50)); x[1, 3], x[1, 49], x[5, 0], x[3, 7] = 2, 1, 255, 4
        np.save("whole.npy", x.astype("f4"))
        for name, type in [("bytes", "u1"), ("wide", "i8"), ("double", "f8"), ("single", "f4")]:
            s.save_npz(name + ".npz", s.csr_matrix(x.astype(type)))
        s.save_npz("array.npz", s.csr_array(x), compressed=False)
        s.save_npz("columns.npz", s.csc_matrix(x)); s.save_npz("places.npz", s.coo_matrix(x))
        y = x.copy(); y[2, 2] = 2**24 + 1; y[3, 3] = 0.1
        s.save_npz("large.npz", s.csr_matrix(y)); np.save("large.npy", y)
        yes = s.csr_matrix((np.array([True, True, True]), np.array([4, 4, 2]), np.array([0, 3])), shape=(1, 5))
        s.save_npz("yes.npz", yes); np.save("yes.npy", yes.toarray())
        twice = s.csr_matrix((np.array([1., 2., 3.]), np.array([4, 4, 2]), np.array([0, 3])), shape=(1, 5))
        s.save_npz("twice.npz", twice); np.save("sum.npy", twice.toarray().astype("f4"))
        m = s.csr_matrix(x)
        def write(name, **members):
            all = dict(indices=m.indices, indptr=m.indptr, data=m.data, shape=np.array(m.shape), format=b"csr")
            np.savez(name, **(all | members))
        write("text.npz", format="csr"); write("more.npz", data=np.append(m.data, 2.0**53 - 1))
        write("beyond.npz", indices=m.indices + 1); write("ends.npz", indptr=m.indptr[:-1])
        write("falls.npz", indptr=m.indptr[::-1].copy()); write("less.npz", data=m.data[:-1])
        write("shape.npz", shape=np.array([6.5, 50])); write("cube.npz", shape=np.array([6, 5, 10]))
        """
      try #require(try #require(Self.python).run(["-c", program], in: folder).status == 0)
      func rows(_ name: String) throws -> Matrix<Float> {
        let data = try DataFile.open(folder.file(name)).data.source().inMemory()
        return data.rows(0..<data.count, as: Float.self)
      }
      let whole = try rows("whole.npy")
      for name in ["bytes", "wide", "double", "single", "array"] {
        #expect(try rows(name + ".npz") == whole, "\(name)")
      }
      #expect(try rows("twice.npz") == rows("sum.npy") && rows("yes.npz") == rows("yes.npy"))
      #expect(try rows("text.npz") == whole)
      let large = try ["large.npz", "large.npy"].map { try DataFile.open(folder.file($0)).data.source().inMemory() }
      #expect(large[0].rows(0..<6, as: Double.self) == large[1].rows(0..<6, as: Double.self))
      #expect(large[0].storedType == .float64)
      let limit = #expect(throws: VAEError.self) {
        _ = try DataFile.open(folder.file("wide.npz")).data.source(limit: 20)
      }
      #expect(limit?.lacks("wide.npz", "20", "allow more") == [])
      for (name, words) in [
        ("columns", ["not by rows", "tocsr()"]), ("places", ["sparse matrix", "tocsr()"]),
        ("more", ["damaged", "4 columns for 5 values"]), ("beyond", ["damaged", "column 50 of 50"]),
        ("ends", ["damaged", "of 6 sparse rows, 5"]), ("falls", ["damaged", "begin at 0"]),
        ("less", ["damaged", "4 columns for 3 values"]), ("shape", ["shape", "6.5"]), ("cube", ["[6, 5, 10]"]),
      ] {
        let error = #expect(throws: VAEError.self) { _ = try rows(name + ".npz") }
        #expect(error?.lacks([name + ".npz"] + words) == [], "\(error?.description ?? "")")
      }
    }
  }

  /// A run on sparse rows knows them again as the whole ones.
  @Test func theirFingerprintIsThatOfWholeRows() throws {
    let sparse = try DataFile.open(formatFixture("sparse.npz")).data.source()
    let whole = try DataFile.open(formatFixture("stored.npz:x")).data.source()
    #expect(try sparse.fingerprint() == whole.fingerprint())
  }
}
