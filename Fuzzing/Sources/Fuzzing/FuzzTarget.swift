import CFuzzer
import Foundation

/// What the inputs are, from the environment.
private let format: Format = {
  let name = ProcessInfo.processInfo.environment["VAE_FUZZ_FORMAT"] ?? "none"
  guard let format = Format(rawValue: name) else {
    fatalError("VAE_FUZZ_FORMAT is \(name): give one of \(Format.allCases.map(\.rawValue).joined(separator: ", ")).")
  }
  return format
}()

/// The file that each input is written to.
private let file = FileManager.default.temporaryDirectory
  .appending(path: "vae-fuzz-\(ProcessInfo.processInfo.processIdentifier).\(format.ending)")

/// Reads one input, for libFuzzer: whatever it holds, this returns. −1 says that the input is none to go on from.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard format.begins((0..<min(count, 9)).map { bytes[$0] }) else { return -1 }
  do {
    try Data(bytes: bytes, count: count).write(to: file)
  } catch {
    fatalError("\(error)")
  }
  format.read(file.path(percentEncoded: false))
  return 0
}

/// Changes one input, for libFuzzer. It cannot know that a header which it makes longer has its length before it, and
/// without that little would ever get past the first check: so a header is changed alone, and its length told, three
/// times of four.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(
  _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int, _ seed: CUnsignedInt
) -> Int {
  guard seed % 4 != 0, let field = format.headerLength(UnsafeBufferPointer(start: bytes, count: count)) else {
    return LLVMFuzzerMutate(bytes, count, most)
  }
  let start = field.upperBound
  let length = field.reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
  guard length > 0, length <= UInt64(count - start) else { return LLVMFuzzerMutate(bytes, count, most) }
  let rest = (start + Int(length)..<count).map { bytes[$0] }
  let changed = LLVMFuzzerMutate(bytes + start, Int(length), most - start - rest.count)
  for (index, place) in field.enumerated() { bytes[place] = UInt8(truncatingIfNeeded: changed >> (8 * index)) }
  for (index, byte) in rest.enumerated() { bytes[start + changed + index] = byte }
  return start + changed + rest.count
}
