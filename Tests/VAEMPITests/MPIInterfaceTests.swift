import Foundation
import Testing
import VAEMPI

/// The few constants of MPI's headers that are written down, against the headers, where those are installed.
struct MPIInterfaceTests {
  private static let headers: [(path: String, interface: MPIInterface)] = [
    ("/usr/lib/x86_64-linux-gnu/mpich/include/mpi.h", .mpich), ("/usr/include/x86_64-linux-gnu/mpich/mpi.h", .mpich),
    ("/usr/include/mpi_abi.h", .standard), ("/usr/lib/x86_64-linux-gnu/mpich/include/mpi_abi.h", .standard),
  ].filter { FileManager.default.fileExists(atPath: $0.path) }

  @Test(.enabled(if: !headers.isEmpty, "needs the headers of MPICH, libmpich-dev")) func constants() throws {
    for (path, interface) in Self.headers {
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(try number("MPI_COMM_WORLD", in: text) == interface.world, "\(path)")
      #expect(try number("MPI_BYTE", in: text) == interface.byte, "\(path)")
      #expect(try number("MPI_THREAD_SERIALIZED", in: text) == Int(interface.serialized), "\(path)")
    }
  }

  /// What a header defines a name as: `#define NAME ((Type)0x44000000)`, or `NAME = 2048`.
  private func number(_ name: String, in text: String) throws -> Int {
    let line = try #require(
      text.split(separator: "\n").map { $0.replacing("#define", with: "").drop { $0.isWhitespace } }
        .first { $0.hasPrefix(name + " ") })
    let last = line.split { " ()=,;".contains($0) }.drop { $0 != "MPI_Comm" && $0 != "MPI_Datatype" && Int($0) == nil }
      .last { $0.hasPrefix("0x") || Int($0) != nil }
    let digits = try #require(last)
    return try #require(digits.hasPrefix("0x") ? Int(digits.dropFirst(2), radix: 16) : Int(digits))
  }
}
