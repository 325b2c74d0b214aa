import Foundation

/// JSON as Foundation reads it, but for what Foundation lets pass: two members of one object with the same name.
package enum StrictJSON {
  package static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8], _ what: String) throws(VAEError) -> T {
    do {
      let value = try JSONDecoder().decode(type, from: Data(bytes))
      try checkNames(bytes, what)
      return value
    } catch let error as VAEError {
      throw VAEError(.file, "\(what): \(error.description)")
    } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty && isJSON(bytes) {
      // Foundation takes a number that does not fit for bad JSON, and does not say where it stands.
      throw VAEError(.file, "\(what) does not hold what it should: a number in it is not whole, or too large.")
    } catch let error as DecodingError {
      throw VAEError(.file, "\(what) does not hold what it should: \(describe(error))")
    } catch {
      throw VAEError(.file, "\(what) does not hold what it should: \(error.localizedDescription)")
    }
  }

  private static func isJSON(_ bytes: [UInt8]) -> Bool {
    (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
  }

  /// Throws where an object names a member twice. The bytes must be well-formed JSON.
  private static func checkNames(_ bytes: [UInt8], _ what: String) throws {
    struct Container {
      var names: Set<String> = []
      let isObject: Bool
      var expectsName: Bool
    }
    var open: [Container] = []
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "{"): open.append(Container(isObject: true, expectsName: true))
      case UInt8(ascii: "["): open.append(Container(isObject: false, expectsName: false))
      case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
      case UInt8(ascii: ","): if let last = open.indices.last { open[last].expectsName = open[last].isObject }
      case UInt8(ascii: "\""):
        let start = index
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
          index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        if let last = open.indices.last, open[last].expectsName {
          let name = try JSONDecoder().decode(String.self, from: Data(bytes[start...min(index, bytes.count - 1)]))
          guard open[last].names.insert(name).inserted else {
            throw VAEError(.file, "\"\(name)\" stands there twice.")
          }
          open[last].expectsName = false
        }
      default: break
      }
      index += 1
    }
  }

  private static func describe(_ error: DecodingError) -> String {
    func place(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
      let path = (context.codingPath + (key.map { [$0] } ?? [])).map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? "" : "\(path): "
    }
    return switch error {
    case .keyNotFound(let key, let context): "\(place(context, key))it is missing."
    case .typeMismatch(_, let context), .valueNotFound(_, let context): "\(place(context))\(context.debugDescription)"
    case .dataCorrupted(let context):
      "\(place(context))\(context.debugDescription)"
        + ((context.underlyingError as? NSError)?.userInfo["NSDebugDescription"].map { " \($0)" } ?? "")
    @unknown default: "\(error)"
    }
  }
}
