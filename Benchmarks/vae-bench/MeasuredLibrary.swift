/// A library, by a name that no other has, and the numbers of threads that it is measured on.
struct MeasuredLibrary: Encodable {
  let library: BLASLibrary
  let name: String
  /// Nil stands for as many as it takes by itself.
  let threads: [Int?]
  /// Where it comes from, and what it does not do.
  let note: String

  /// Some libraries on some numbers of threads, where they can be had.
  static func all(_ libraries: [BLASLibrary], _ counts: [Int]) -> [MeasuredLibrary] {
    libraries.map { library in
      let isOnly = libraries.filter { $0.name == library.name }.count == 1
      return MeasuredLibrary(library, isOnly ? library.name : library.file, counts)
    }
  }

  private init(_ library: BLASLibrary, _ name: String, _ counts: [Int]) {
    self.library = library
    self.name = name
    guard let setting = library.threads else {
      threads = [nil]
      note =
        "\(name): \(library.file). It has no function that sets its number of threads, and takes as many as it takes (–)."
      return
    }
    let had = counts.filter { setting.set($0) }
    threads = had
    let others = counts.filter { !had.contains($0) }.map(String.init)
    note =
      "\(name): \(library.file)."
      + (others.isEmpty ? "" : " It does not take \(others.joined(separator: " or ")) threads: those rows are missing.")
  }

  private enum CodingKeys: String, CodingKey { case name, file, threads }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(library.file, forKey: .file)
    try values.encode(threads, forKey: .threads)
  }
}
