import TestSupport
import Testing
import VAECore
import VAEFiles

/// Files that are no data are called what they are, with what to do; data are not taken for them.
struct ForeignFormatsTests {
  private func refusal(_ bytes: [UInt8], _ name: String = "data.csv") throws -> String {
    try withTemporaryFolder { folder in
      let path = try folder.write(bytes, name)
      let error = #expect(throws: VAEError.self, "\(name)") { try drain(DataFile.open(path).data.stream) }
      #expect(error?.kind == .file && error?.lacks(path) == [], "\(error?.description ?? "")")
      return error?.description ?? ""
    }
  }

  private static let header = Array(repeating: UInt8(0), count: 300)

  static let files: [(name: String, bytes: [UInt8], words: [String])] = [
    ("page", Array("<!DOCTYPE html><html><head><title>404 Not Found</title></head></html>\n".utf8), ["HTML", "anew"]),
    ("page with a mark", Array("\u{feff}\n  <HTML><body>".utf8), ["HTML", "anew"]),
    ("XML", Array("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>".utf8), ["XML", "anew"]),
    ("JSON object", Array("{ \"a\": [1, 2] }".utf8), ["JSON", "read_json"]),
    ("JSON lines", Array("{\"a\":1}\n{\"a\":2}\n".utf8), ["JSON"]),
    ("JSON list", Array("[\n [1, 2],\n [3, 4]]".utf8), ["JSON"]),
    (
      "pointer",
      Array("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n".utf8),
      ["Git LFS", "git lfs pull"]
    ),
    ("PDF", Array("%PDF-1.7\n%\u{e2}\u{e3}\n1 0 obj".utf8), ["PDF", "CSV"]),
    ("MATLAB", Array("MATLAB 5.0 MAT-file, Platform: GLNXA64".utf8) + header, ["MATLAB", "numpy.save", "loadmat"]),
    ("MATLAB 7.3", Array("MATLAB 7.3 MAT-file, Platform: GLNXA64".utf8) + header, ["MATLAB", "7.3", "h5py"]),
    ("R, RData", Array("RDX3\nX\n".utf8) + header, ["R data", "write.csv"]),
    ("R, text", Array("RDX3\nX\n0\n1\n".utf8), ["R data", "write.csv"]),
    ("R, rds", Array("X\n".utf8) + header, ["R data", "write.csv"]),
    (
      "PyTorch", [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e],
      ["PyTorch", "numpy.save", "x.numpy()"]
    ),
    ("pickle", [0x80, 4, 0x95, 0, 0, 0], ["pickle", "numpy.save"]),
    ("HDF5", [0x89] + Array("HDF\r\n\u{1a}\n".utf8), ["HDF5", "h5py"]),
    ("Parquet", Array("PAR1".utf8) + [0x15, 0, 0x15], ["Parquet", "read_parquet"]),
    ("Arrow", Array("ARROW1\0\0".utf8), ["Arrow", "read_feather"]),
    ("SQLite", Array("SQLite format 3\0".utf8), ["SQLite", "CSV"]),
    ("Excel 97", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], ["Excel", "CSV"]),
    ("NetCDF", Array("CDF\u{1}".utf8), ["NetCDF", "numpy.save"]),
    ("PNG", [0x89] + Array("PNG\r\n\u{1a}\n".utf8), ["PNG picture", "data set", "numpy.save"]),
    ("JPEG", [0xff, 0xd8, 0xff, 0xe0, 0, 0x10], ["JPEG picture", "data set"]),
    ("GIF", Array("GIF89a".utf8) + [1, 0], ["GIF picture"]),
    ("TIFF", Array("II*\0".utf8), ["TIFF picture"]),
    ("WebP", Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WEBPVP8 ".utf8), ["WebP picture"]),
    ("bzip2", Array("BZh91AY&SY".utf8) + [0, 1], ["bzip2", "gzip"]),
    ("xz", [0xfd] + Array("7zXZ\0".utf8), ["xz-compressed", "gzip"]),
    ("Zstandard", [0x28, 0xb5, 0x2f, 0xfd, 0], ["Zstandard", "gzip"]),
    ("LZ4", [0x04, 0x22, 0x4d, 0x18], ["LZ4"]),
    ("7z", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], ["7z archive", "unpack"]),
    ("RAR", Array("Rar!\u{1a}\u{7}\0".utf8), ["RAR archive", "unpack"]),
    (
      "TAR", Array("data/x.csv".utf8) + Array(repeating: 0, count: 247) + Array("ustar\u{0}00".utf8) + header,
      ["TAR archive", "unpack"]
    ),
  ]

  /// By whatever name, compressed or not.
  @Test(arguments: files.indices) func whatTheyAre(index: Int) throws {
    let file = Self.files[index]
    for (name, bytes) in [("data.csv", file.bytes), ("data", file.bytes), ("data.npy.gz", try gzip(file.bytes))] {
      let text = try refusal(bytes, name)
      #expect(file.words.allSatisfy { text.contains($0) }, "\(file.name): \(text)")
    }
  }

  /// Each of the short signatures may begin a table.
  @Test(arguments: [
    "PAR1,PAR2\n1,2\n", "BZh9,b\n1,2\n", "GIF8,x\n1,2\n", "[kg],[m]\n1,2\n", "{x},y\n1,2\n", "BM,b\n1,2\n", "X\n1\n2\n",
    "X,Y\n1,2\n", "<x>,y\n1,2\n", "version,x\n1,2\n", "II*,b\n1,2\n", "CDF1,b\n3,4\n", "R,RDX\n1,2\n", "A\n1\n",
  ]) func tablesAreTables(text: String) throws {
    try withTemporaryFolder { folder in
      let file = try DataFile.open(folder.write(text, "table.csv"))
      #expect(file.format == "CSV or TSV")
      #expect(try drain(file.data.stream) > 0)
    }
  }

  @Test(arguments: [
    (["[Content_Types].xml", "xl/workbook.xml"], ["Excel workbook", "CSV"]),
    (["mimetype", "META-INF/manifest.xml", "content.xml"], ["OpenDocument", "CSV"]),
    (["archive/data.pkl", "archive/version", "archive/data/0"], ["PyTorch", "x.numpy()"]),
    (["word/document.xml"], ["Word document"]), (["config.json", "model.weights.h5"], ["Keras"]),
    (["row.npy", "col.npy", "format.npy", "shape.npy", "data.npy"], ["sparse", "tocsr()"]),
  ]) func archivesOfPrograms(members: [String], words: [String]) throws {
    let zip = ZipFile(members.map { .init($0, Array("text".utf8)) })
    let text = try refusal(zip.bytes, "data")
    #expect(words.allSatisfy { text.contains($0) }, "\(text)")
  }
}
