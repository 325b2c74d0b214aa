/// Data in a tensor of a safetensors file: `[N, D]` vectors or `[N, H, W]` images.
public enum Safetensors {
  /// Whether a file begins as those of the format do: a length below 100 MB, and a JSON object.
  public static func begins(_ start: [UInt8]) -> Bool {
    start.count > 8 && start[4..<8].allSatisfy { $0 == 0 } && start[8] == UInt8(ascii: "{")
  }

  /// Reads the header of a file and gives the layout of one tensor in it: the one of that name, or the only one.
  ///
  /// - Throws: where the file is not of the format, has no such tensor, or several and no name is given.
  public static func layout(_ reader: inout some ByteReader, tensor name: String? = nil) throws(VAEError)
    -> ArrayLayout
  {
    let path = reader.path
    let header = try SafetensorsHeader(&reader)
    let index = try Member.choose(name, of: header.tensors.map(\.name), "tensor", in: path)
    let tensor = header.tensors[index]
    let layout = try ArrayLayout(
      dimensions: tensor.shape, type: tensor.type, isBigEndian: false, offset: 0, path: "\(path):\(tensor.name)")
    return layout.embedded(behind: header.byteCount + tensor.bytes.lowerBound)
  }
}

/// A choice among the arrays that one file holds.
package enum Member {
  /// The index of the array of a name, or of the only one where none is given.
  ///
  /// - Throws: where there is none, or more than one to choose from, listing them.
  package static func choose(
    _ name: String?, of names: [String], _ kind: String, in path: String
  ) throws(VAEError) -> Int {
    var list = names.prefix(8).map { $0.count <= 60 ? $0 : $0.prefix(59) + "…" }.joined(separator: ", ")
    if names.count > 8 { list += " and \(names.count - 8) more" }
    guard let name else {
      if names.count == 1 { return 0 }
      throw VAEError(
        .file,
        names.isEmpty
          ? "\(path) holds no \(kind)." : "\(path) holds several \(kind)s: choose one, \(path):NAME, of \(list).")
    }
    guard let index = names.firstIndex(of: name) else {
      throw VAEError(.file, "\(path) holds no \(kind) \(name); it holds \(names.isEmpty ? "none" : list).")
    }
    return index
  }
}
