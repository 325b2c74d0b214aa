extension ZipArchive {
  /// What the directory says of a file in the archive.
  struct Member: Sendable {
    let name: String
    /// How its bytes are compressed.
    let method: Method
    let isEncrypted: Bool
    let checksum: UInt32
    let compressedSize: Int
    let size: Int
    /// Where its local header begins.
    let header: Int

    /// Whether its bytes can become so many.
    var hasPossibleSize: Bool {
      switch method {
      case .stored: isEncrypted || size == compressedSize
      case .deflated:
        // No deflate stream expands to more.
        size / 1032 <= compressedSize
      case .other: true
      }
    }
  }

  /// How bytes are compressed.
  enum Method: Equatable, Sendable {
    case stored
    case deflated
    /// In a way that is not read, by its number.
    case other(Int)

    init(_ number: Int) {
      self =
        switch number {
        case 0: .stored
        case 8: .deflated
        default: .other(number)
        }
    }

    var number: Int {
      switch self {
      case .stored: 0
      case .deflated: 8
      case .other(let number): number
      }
    }

    /// "bzip2", or the number where it has no name.
    var name: String {
      switch number {
      case 0: "nothing"
      case 8: "deflate"
      case 9: "deflate64"
      case 12: "bzip2"
      case 14: "LZMA"
      case 93: "Zstandard"
      case 95: "xz"
      default: "method \(number)"
      }
    }
  }
}
