/// Kinds of files that are no data, or none that are read, by their first bytes: what each is, and what to do about it.
struct ForeignFormat: Sendable {
  /// "an HTML page", with its article.
  let name: String
  /// What to do, in a few words.
  let advice: String
  private let signatures: [[UInt8]]
  /// Where the signature stands.
  private let offset: Int
  /// Whether the files are text, or begin as text: the others are not looked for in it, where a column may be called PAR1.
  private let isText: Bool

  private init(
    _ name: String, _ advice: String, _ signatures: [[UInt8]], at offset: Int = 0, isText: Bool = false
  ) {
    (self.name, self.advice, self.signatures) = (name, advice, signatures)
    (self.offset, self.isText) = (offset, isText)
  }

  private init(_ name: String, _ advice: String, text signatures: String...) {
    self.init(name, advice, signatures.map { Array($0.utf8) }, isText: true)
  }

  /// The kind of file that begins like this; nil where it is none of them.
  static func recognise(_ start: [UInt8]) -> ForeignFormat? {
    let isText = isText(start)
    // What stands before text, and its capitals, do not matter.
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    let text = (start.starts(with: mark) ? start.dropFirst(3) : start[...]).drop {
      [0x20, 0x09, 0x0a, 0x0d].contains($0)
    }
    let small = text.map { (0x41...0x5a).contains($0) ? $0 + 0x20 : $0 }
    return all.first { format in
      if format.isText { return format.signatures.contains { small.starts(with: $0) } }
      return !isText && start.count > format.offset
        && format.signatures.contains { start[format.offset...].starts(with: $0) }
    } ?? (isJSON(small) ? json : nil)
  }

  /// Whether bytes are text, in UTF-8 or in any older encoding: they have no control characters but line ends, tabulators
  /// and, at the very end, the one by which old systems know it.
  static func isText(_ start: [UInt8]) -> Bool {
    (start.last == 0x1a ? start.dropLast() : start[...])
      .allSatisfy { $0 >= 0x20 && $0 != 0x7f || [0x09, 0x0a, 0x0d].contains($0) }
  }

  /// Whether text begins as an object or a list. A column may be called [kg].
  private static func isJSON(_ text: [UInt8]) -> Bool {
    let next = text.dropFirst().first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
    return switch (text.first.map(Unicode.Scalar.init), next.map(Unicode.Scalar.init)) {
    case ("{", "\""), ("{", "}"), ("[", "{"), ("[", "["), ("[", "\""), ("[", "]"): true
    default: false
    }
  }

  private static let fetch = "fetch the file anew"
  private static let table = "save it as CSV"
  private static let unpack = "unpack it, or compress it with gzip"
  private static let array = "save the array in it with numpy.save"
  private static let picture =
    "a data set is many pictures in one array, [N, H, W]: make one of them and save it with numpy.save"
  private static let json = ForeignFormat(
    "JSON", "make a table of it, as pandas.read_json(…).to_csv(…, index=False)", [])

  private static let all: [ForeignFormat] = [
    // Text.
    ForeignFormat(
      "an HTML page, perhaps the error page of a download", fetch, text: "<!doctype html", "<html", "<head"),
    ForeignFormat("XML, perhaps the error page of a download", fetch, text: "<?xml", "<!doctype", "<svg", "<error"),
    ForeignFormat(
      "a pointer to a file in Git LFS", "fetch the file itself with git lfs pull",
      text: "version https://git-lfs.github.com/spec/"),
    ForeignFormat("a PDF document", "save the table in it as CSV", text: "%pdf-"),
    ForeignFormat(
      "a MATLAB file", "save the array with numpy.save(…, scipy.io.loadmat(…)[\"x\"])", text: "matlab 5.0 mat-file"),
    ForeignFormat(
      "a MATLAB file of version 7.3", "save the array with numpy.save, after h5py.File", text: "matlab 7.3"),
    ForeignFormat("an R data file", "write the table with write.csv", text: "rdx2\n", "rdx3\n", "rda2\n", "rda3\n"),

    // Arrays and tables of other programs.
    ForeignFormat("an R data file", "write the table with write.csv", [Array("X\n\0\0\0".utf8), Array("B\n".utf8)]),
    ForeignFormat(
      "a PyTorch file", "save a tensor with numpy.save(…, x.numpy())",
      [[0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9]]),
    ForeignFormat("a pickle of Python objects", array, (2...5).map { [0x80, $0] }),
    ForeignFormat(
      "an HDF5 file", "save the array in it with numpy.save, after h5py.File", [[0x89] + Array("HDF".utf8)]),
    ForeignFormat(
      "Parquet", "make a table of it, as pandas.read_parquet(…).to_csv(…, index=False)", [Array("PAR1".utf8)]),
    ForeignFormat(
      "Arrow or Feather", "make a table of it, as pandas.read_feather(…).to_csv(…, index=False)",
      [Array("ARROW1".utf8), Array("FEA1".utf8)]),
    ForeignFormat("an SQLite database", "write the table as CSV, sqlite3 -csv", [Array("SQLite format 3\0".utf8)]),
    ForeignFormat("an Excel workbook", table, [[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]]),
    ForeignFormat(
      "a NetCDF file", "save the array in it with numpy.save", [Array("CDF\u{1}".utf8), Array("CDF\u{2}".utf8)]),

    // Pictures.
    ForeignFormat("a PNG picture", picture, [[0x89] + Array("PNG".utf8)]),
    ForeignFormat("a JPEG picture", picture, [[0xff, 0xd8, 0xff]]),
    ForeignFormat("a GIF picture", picture, [Array("GIF8".utf8)]),
    ForeignFormat("a TIFF picture", picture, [Array("II*\0".utf8), Array("MM\0*".utf8)]),
    ForeignFormat("a WebP picture", picture, [Array("WEBP".utf8)], at: 8),

    // Compression and archives.
    ForeignFormat("bzip2-compressed", unpack, [Array("BZh".utf8)]),
    ForeignFormat("xz-compressed", unpack, [[0xfd] + Array("7zXZ\0".utf8)]),
    ForeignFormat("Zstandard-compressed", unpack, [[0x28, 0xb5, 0x2f, 0xfd]]),
    ForeignFormat("LZ4-compressed", unpack, [[0x04, 0x22, 0x4d, 0x18]]),
    ForeignFormat("a 7z archive", "unpack it", [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]]),
    ForeignFormat("a RAR archive", "unpack it", [Array("Rar!\u{1a}\u{7}".utf8)]),
    ForeignFormat("a TAR archive", "unpack it", [Array("ustar".utf8)], at: 257),
  ]

  // MARK: Archives

  /// What a ZIP archive of such members is, where it belongs to a program; nil where it is an archive and no more.
  static func recognise(members: [String]) -> ForeignFormat? {
    let names = Set(members)
    if names.contains("xl/workbook.xml") { return ForeignFormat("an Excel workbook", table, []) }
    if names.contains("xl/workbook.bin") { return ForeignFormat("an Excel workbook", table, []) }
    if names.contains("word/document.xml") {
      return ForeignFormat("a Word document", "save the table in it as CSV", [])
    }
    if names.contains("META-INF/manifest.xml") { return ForeignFormat("an OpenDocument file", table, []) }
    if members.contains(where: { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }) {
      return ForeignFormat("a PyTorch file", "save a tensor with numpy.save(…, x.numpy())", [])
    }
    if names.contains("model.weights.h5") { return ForeignFormat("a Keras model", "give the data", []) }
    // scipy.sparse.save_npz; where the values are, each way of being sparse says in its own words.
    let isSparse = ["indices.npy", "row.npy", "coords.npy", "offsets.npy"].contains(where: names.contains)
    if isSparse && ["data.npy", "format.npy", "shape.npy"].allSatisfy(names.contains) {
      return ForeignFormat(
        "a sparse matrix of SciPy",
        "write it by rows, scipy.sparse.save_npz(…, x.tocsr()), and give the file without a name behind it", [])
    }
    return nil
  }
}
