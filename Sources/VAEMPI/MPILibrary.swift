import Foundation
import VAECore

/// The few functions of MPI that are needed, out of a library that is loaded while the program runs: so it is built without MPI, and
/// one program fits every implementation.
///
/// What differs between implementations is the form of what their headers define. Handles (communicators, data types, requests) are
/// pointers in Open MPI and in the standard interface of MPI 5, and 32-bit integers in MPICH. As an argument either fits a register, and the
/// callee that takes 32 bits looks at no others (System V x86-64, AAPCS64); in memory, as requests are, they have their own sizes.
struct MPILibrary: @unchecked Sendable {
  // Unchecked: functions of C, and constants.
  typealias Handle = Int
  typealias Status = CInt

  private let initThread:
    @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, CInt, UnsafeMutablePointer<CInt>) -> Status
  private let commRank: @convention(c) (Handle, UnsafeMutablePointer<CInt>) -> Status
  private let commSize: @convention(c) (Handle, UnsafeMutablePointer<CInt>) -> Status
  private let getLibraryVersion: @convention(c) (UnsafeMutablePointer<CChar>, UnsafeMutablePointer<CInt>) -> Status
  private let isend:
    @convention(c) (UnsafeRawPointer?, CInt, Handle, CInt, CInt, Handle, UnsafeMutableRawPointer) -> Status
  private let irecv:
    @convention(c) (UnsafeMutableRawPointer?, CInt, Handle, CInt, CInt, Handle, UnsafeMutableRawPointer) -> Status
  private let testOne:
    @convention(c) (UnsafeMutableRawPointer, UnsafeMutablePointer<CInt>, UnsafeMutableRawPointer) -> Status
  private let abortAll: @convention(c) (Handle, CInt) -> Status
  private let finalize: @convention(c) () -> Status
  private let interface: MPIInterface

  /// The bytes of a request, in memory.
  var requestSize: Int { interface.requestSize }

  /// Loads the first of some libraries that is there.
  ///
  /// - Throws: where none is, or it lacks something.
  init(_ names: [String]) throws(VAEError) {
    var problems: [String] = []
    var found: UnsafeMutableRawPointer?
    for name in names where found == nil {
      // For all, because the parts that Open MPI loads later look for its symbols.
      found = dlopen(name, RTLD_NOW | RTLD_GLOBAL)
      if found == nil { problems.append(dlerror().map { String(cString: $0) } ?? name) }
    }
    guard let library = found else {
      throw VAEError(
        .communication,
        "MPI cannot be loaded (\(problems.joined(separator: "; "))): install the library of the launcher's implementation, or name "
          + "its file in the environment variable VAE_MPI.")
    }
    func function<F>(_ name: String, as type: F.Type) throws(VAEError) -> F {
      guard let symbol = dlsym(library, name) else {
        throw VAEError(
          .communication, "The MPI library lacks \(name): name another in the environment variable VAE_MPI.")
      }
      return unsafeBitCast(symbol, to: type)
    }
    initThread = try function("MPI_Init_thread", as: type(of: initThread))
    commRank = try function("MPI_Comm_rank", as: type(of: commRank))
    commSize = try function("MPI_Comm_size", as: type(of: commSize))
    getLibraryVersion = try function("MPI_Get_library_version", as: type(of: getLibraryVersion))
    isend = try function("MPI_Isend", as: type(of: isend))
    irecv = try function("MPI_Irecv", as: type(of: irecv))
    testOne = try function("MPI_Test", as: type(of: testOne))
    abortAll = try function("MPI_Abort", as: type(of: abortAll))
    finalize = try function("MPI_Finalize", as: type(of: finalize))
    if let world = dlsym(library, "ompi_mpi_comm_world"), let byte = dlsym(library, "ompi_mpi_byte") {
      interface = .openMPI(world: world, byte: byte)
    } else {
      interface = Self.isStandard(library) ? .standard : .mpich
    }
  }

  /// Whether a library has the standard interface of MPI 5. MPICH's other library, too, knows the question, and answers −1.
  private static func isStandard(_ library: UnsafeMutableRawPointer) -> Bool {
    guard let symbol = dlsym(library, "MPI_Abi_get_version") else { return false }
    let ask = unsafeBitCast(
      symbol, to: (@convention(c) (UnsafeMutablePointer<CInt>, UnsafeMutablePointer<CInt>) -> Status).self)
    var (major, minor): (CInt, CInt) = (-1, -1)
    return ask(&major, &minor) == 0 && major >= 1
  }

  /// Joins the other processes; this one's number, and how many there are.
  func start() throws(VAEError) -> (rank: Int, count: Int) {
    var (provided, rank, count): (CInt, CInt, CInt) = (0, 0, 0)
    try check(initThread(nil, nil, interface.serialized, &provided), "MPI_Init_thread")
    guard provided >= interface.serialized else {
      throw VAEError(.communication, "This MPI library cannot be called from several threads: use another build of it.")
    }
    try check(commRank(interface.world, &rank), "MPI_Comm_rank")
    try check(commSize(interface.world, &count), "MPI_Comm_size")
    return (Int(rank), Int(count))
  }

  /// What it calls itself, as "Open MPI v4.1.4".
  var version: String {
    var text = [CChar](repeating: 0, count: 1 << 13)
    var length: CInt = 0
    _ = getLibraryVersion(&text, &length)
    let line = String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let words = line.prefix { !$0.isNewline && $0 != "," }.split { $0.isWhitespace || $0 == ":" || $0 == "\0" }
    return words.filter { $0 != "Version" }.joined(separator: " ")
  }

  func send(_ bytes: UnsafeRawBufferPointer, to rank: Int, _ request: UnsafeMutableRawPointer) throws(VAEError) {
    try check(
      isend(bytes.baseAddress, CInt(bytes.count), interface.byte, CInt(rank), 0, interface.world, request), "MPI_Isend")
  }

  func receive(
    _ bytes: UnsafeMutableRawBufferPointer, from rank: Int, _ request: UnsafeMutableRawPointer
  ) throws(VAEError) {
    try check(
      irecv(bytes.baseAddress, CInt(bytes.count), interface.byte, CInt(rank), 0, interface.world, request), "MPI_Irecv")
  }

  /// Whether a transfer is complete.
  func isComplete(_ request: UnsafeMutableRawPointer) throws(VAEError) -> Bool {
    var flag: CInt = 0
    // More than any implementation's MPI_Status has.
    return try withUnsafeTemporaryAllocation(byteCount: 256, alignment: 16) { status throws(VAEError) in
      try check(testOne(request, &flag, status.baseAddress!), "MPI_Test")
      return flag != 0
    }
  }

  func stop() { _ = finalize() }
  func abort(_ code: Int32) { _ = abortAll(interface.world, code) }

  private func check(_ status: Status, _ function: String) throws(VAEError) {
    if status != 0 { throw VAEError(.communication, "\(function) failed with the code \(status).") }
  }
}

/// What a header of MPI defines.
package struct MPIInterface: Sendable {
  /// MPI_COMM_WORLD
  package let world: Int
  /// MPI_BYTE
  package let byte: Int
  /// The bytes of an MPI_Request.
  let requestSize: Int
  /// MPI_THREAD_SERIALIZED: any thread may call, one at a time.
  package let serialized: CInt

  /// MPICH since 3.1, and what has its binary interface: Intel MPI, MVAPICH.
  package static let mpich = MPIInterface(world: 0x4400_0000, byte: 0x4c00_010d, requestSize: 4, serialized: 2)
  /// MPI 5.0, chapter 20.
  package static let standard = MPIInterface(world: 0x101, byte: 0x247, requestSize: 8, serialized: 2048)

  /// Open MPI, whose constants are addresses.
  static func openMPI(world: UnsafeMutableRawPointer, byte: UnsafeMutableRawPointer) -> MPIInterface {
    MPIInterface(world: Int(bitPattern: world), byte: Int(bitPattern: byte), requestSize: 8, serialized: 2)
  }
}
