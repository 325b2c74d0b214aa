/// Data in a tensor of a safetensors file: `[N, D]` vectors or `[N, H, W]` images.
public enum Safetensors {
  /// Whether a file begins as those of the format do: a length below 100 MB, and a JSON object.
  public static func begins(_ start: [UInt8]) -> Bool {
    start.count > 8 && start[4..<8].allSatisfy { $0 == 0 } && start[8] == UInt8(ascii: "{")
  }

  /// Reads the header of a file and gives the layout of one tensor in it: the one of that name, or the only one. Where
  /// vectors are allowed in place of matrices, a tensor of one dimension `[N]`, as of labels, is `[N, 1]`.
  ///
  /// - Throws: where the file is not of the format, has no such tensor, or several and no name is given. What the others
  ///   hold does not matter.
  public static func layout(
    _ reader: inout some ByteReader, tensor name: String? = nil, allowingVectors: Bool = false
  ) throws(VAEError) -> ArrayLayout {
    let path = reader.path
    let header = try SafetensorsHeader(&reader)
    let tensors = header.tensors
    let index = try Member.choose(name, of: tensors.map(\.name), "tensor", in: path) { index in
      let tensor = tensors[index]
      let type = StoredType(rawValue: tensor.dtype)?.description ?? String(tensor.dtype.prefix(20))
      return "\(tensor.shape.isEmpty ? "one value" : ArrayLayout.text(tensor.shape)), \(type)"
    }
    let tensor = tensors[index]
    let layout = try ArrayLayout(
      dimensions: tensor.shape, type: tensor.type(path), isBigEndian: false, offset: 0,
      allowingVectors: allowingVectors, path: "\(path):\(tensor.name)")
    return layout.embedded(behind: header.byteCount + tensor.bytes.lowerBound)
  }
}

/// A choice among the arrays that one file holds.
package enum Member {
  /// The index of the array of a name, or of the only one where none is given.
  ///
  /// - Parameter describe: What an array is, "5 × 3, single precision", for those that are listed.
  /// - Throws: where there is none, or more than one to choose from, listing them.
  package static func choose(
    _ name: String?, of names: [String], _ kind: String, in path: String, describe: (Int) -> String? = { _ in nil }
  ) throws(VAEError) -> Int {
    if name == nil && names.count == 1 { return 0 }
    if let name, let index = names.firstIndex(of: name) { return index }
    func list() -> String {
      let some = names.prefix(8).enumerated().map { index, name in
        (name.count <= 60 ? name : name.prefix(59) + "…") + (describe(index).map { " (\($0))" } ?? "")
      }
      return some.joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }
    if let name {
      throw VAEError(.file, "\(path) holds no \(kind) \(name); it holds \(names.isEmpty ? "none" : list()).")
    }
    throw VAEError(
      .file,
      names.isEmpty
        ? "\(path) holds no \(kind)." : "\(path) holds several \(kind)s: choose one, \(path):NAME, of \(list()).")
  }
}
