/// One parameter of a model: an element of a tensor.
///
/// Parameters also have numbers, from 1, tensor by tensor in the order of ``Parameters/names`` and row by row: of 4 data and
/// 3 hidden units, w16 is `mean.weight[0, 0]`.
public struct ParameterAddress: Hashable, Sendable {
  /// The tensor's name.
  public let tensor: String
  /// `[output, input]` in a weight, `[output]` in a bias, counted from 0.
  public let index: [Int]
  /// The parameter's number among all, from 1.
  public let number: Int

  /// "w16"
  public var name: String { "w\(number)" }
}

extension Parameters {
  /// The address of a tensor's element; throws where there is none such.
  public func address(tensor name: String, index: [Int]) throws(VAEError) -> ParameterAddress {
    var first = 1
    for tensor in tensors {
      if tensor.name == name {
        guard index.count == tensor.shape.count, zip(index, tensor.shape).allSatisfy({ $0 >= 0 && $0 < $1 }) else {
          let ranges = tensor.shape.map { "0…\($0 - 1)" }.joined(separator: ", ")
          throw VAEError(
            .configuration,
            "There is no element \(index) in \(name): give \(tensor.shape.count == 1 ? "an index" : "indices") \(ranges)."
          )
        }
        return ParameterAddress(
          tensor: name, index: index, number: first + zip(index, tensor.shape).reduce(0) { $0 * $1.1 + $1.0 })
      }
      first += tensor.count
    }
    throw VAEError(.configuration, "There is no tensor \"\(name)\": there are \(names.joined(separator: ", ")).")
  }

  /// The address of the parameter of a number, from 1, or of a name such as "w16"; throws where there is none such.
  public func address(named name: String) throws(VAEError) -> ParameterAddress {
    let digits = name.hasPrefix("w") ? name.dropFirst() : name[...]
    guard digits.allSatisfy(\.isWholeNumber), let number = Int(digits), number > 0, number <= count else {
      throw VAEError(.configuration, "There is no weight \"\(name)\": there are w1 to w\(count), \(numbering).")
    }
    return address(number: number)
  }

  /// The address of the parameter of a number, which must be from 1 to ``count``.
  private func address(number: Int) -> ParameterAddress {
    var offset = number - 1
    for tensor in tensors {
      if offset < tensor.count {
        let index = tensor.shape.count == 1 ? [offset] : [offset / tensor.shape[1], offset % tensor.shape[1]]
        return ParameterAddress(tensor: tensor.name, index: index, number: number)
      }
      offset -= tensor.count
    }
    preconditionFailure("parameter \(number) of \(count)")
  }

  /// The addresses of all parameters, in order.
  package var addresses: [ParameterAddress] {
    (0..<count).map { address(number: $0 + 1) }
  }

  /// The value of one parameter.
  public subscript(address: ParameterAddress) -> Element {
    get { buffer[offset(of: address)] }
    set { buffer[offset(of: address)] = newValue }
  }

  /// Which numbers belong to which tensor.
  private var numbering: String {
    var first = 1
    return tensors.map { tensor in
      defer { first += tensor.count }
      return tensor.count == 1 ? "w\(first) \(tensor.name)" : "w\(first)–w\(first + tensor.count - 1) \(tensor.name)"
    }.joined(separator: ", ")
  }

  private func offset(of address: ParameterAddress) -> Int {
    guard let tensor = tensors.first(where: { $0.name == address.tensor }),
      tensor.shape.count == address.index.count, zip(address.index, tensor.shape).allSatisfy({ $0 >= 0 && $0 < $1 })
    else { preconditionFailure("\(address.tensor) \(address.index) among \(names.joined(separator: ", "))") }
    return tensor.offset + zip(address.index, tensor.shape).reduce(0) { $0 * $1.1 + $1.0 }
  }
}
