import CZlib
import VAECore

/// Decompresses a stream of deflated bytes, through zlib: gzip members one behind the other, or one raw deflate stream.
struct InflateReader: ByteReader {
  /// What the compressed bytes come wrapped in.
  enum Wrapping { case gzip, none }

  /// The file's path, or what in it is compressed.
  var path: String { state.path }
  /// No deflate stream expands to more than 1032 times its size.
  let limit: Int
  private let state: State

  /// Decompresses what `source` gives.
  init(_ source: any ByteReader, _ wrapping: Wrapping, path: String? = nil) {
    state = State(source, wrapping, path ?? source.path)
    let (product, overflow) = source.limit.multipliedReportingOverflow(by: 1032)
    limit = overflow ? .max : product
  }

  /// The next bytes: `count` of them, or fewer at the end; throws where the compressed data are damaged or truncated.
  func read(_ count: Int) throws(VAEError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let piece = try state.next(min(count - bytes.count, 1 << 20))
      if piece.isEmpty { break }
      bytes.append(contentsOf: piece)
    }
    return bytes
  }

  /// zlib's state, which has to stay at one place, and what is left of the compressed bytes.
  private final class State {
    let path: String
    private var source: any ByteReader
    private let wrapping: Wrapping
    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    private var used = 0
    private var isDone = false

    init(_ source: any ByteReader, _ wrapping: Wrapping, _ path: String) {
      self.path = path
      self.source = source
      self.wrapping = wrapping
      stream = .allocate(capacity: 1)
      stream.initialize(to: z_stream())
      // 15: the largest window; 16 more: with gzip's header and checksum; negative: neither.
      let bits: CInt = wrapping == .gzip ? 15 + 16 : -15
      let status = inflateInit2_(stream, bits, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
      precondition(status == Z_OK, "zlib cannot start: \(status)")
    }

    deinit {
      inflateEnd(stream)
      stream.deallocate()
    }

    /// Up to `count` bytes, none at the end.
    func next(_ count: Int) throws(VAEError) -> [UInt8] {
      while !isDone {
        try refill()
        var status = Z_OK
        let output = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
          input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress.map { $0 + used }
            stream.pointee.avail_in = CUnsignedInt(input.count - used)
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = CUnsignedInt(count)
            status = inflate(stream, Z_NO_FLUSH)
            used = input.count - Int(stream.pointee.avail_in)
            length = count - Int(stream.pointee.avail_out)
          }
        }
        switch status {
        case Z_OK: break
        case Z_STREAM_END: try endMember()
        case Z_BUF_ERROR where used == input.count:
          if output.isEmpty && isAtEnd { throw damaged("it ends too early") }
        default:
          throw damaged(stream.pointee.msg.map { String(cString: $0) } ?? "zlib says \(status)")
        }
        if !output.isEmpty { return output }
      }
      return []
    }

    private var isAtEnd = false

    private func refill() throws(VAEError) {
      guard used == input.count, !isAtEnd else { return }
      input = try source.read(1 << 16)
      used = 0
      isAtEnd = input.isEmpty
    }

    /// Goes on with the next gzip member, or ends. What else stands behind a member is none, and does not matter.
    private func endMember() throws(VAEError) {
      if input.count - used < 2 {
        input = Array(input[used...]) + (try source.read(1 << 16))
        used = 0
      }
      let isMember = input.count - used >= 2 && input[used] == 0x1f && input[used + 1] == 0x8b
      guard wrapping == .gzip, isMember else {
        if wrapping == .none && used < input.count { throw damaged("it goes on behind its end") }
        isDone = true
        return
      }
      inflateReset(stream)
    }

    private func damaged(_ reason: String) -> VAEError {
      VAEError(.file, "\(path) is damaged: \(reason). Fetch or compress it anew.")
    }
  }
}
