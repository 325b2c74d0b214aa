import CommandSupport
import Foundation
import VAECore
import VAEFiles
import VAEMPI

/// The processes that do a command together: this one alone, or all that an MPI launcher has started.
///
/// All do the same, and compute their part of it. The first, rank 0, leads: it alone writes, and it alone speaks.
struct Ranks: Sendable {
  let communicator: MPICommunicator?
  private let places: [RankPlace]

  static let alone = Ranks()

  private init() { (communicator, places) = (nil, []) }

  /// Joins the others.
  init(joining launcher: MPILauncher) throws(VAEError) {
    let communicator = try MPICommunicator(joining: launcher)
    self.communicator = communicator
    places = try communicator.all(RankPlace.here.bytes).map(RankPlace.init)
    if communicator.rank > 0 { Terminal.silence() }
  }

  var rank: Int { communicator?.rank ?? 0 }
  var count: Int { communicator?.count ?? 1 }
  /// Whether this process writes and speaks.
  var leads: Bool { rank == 0 }
  var machineCount: Int { Set(places.map(\.machine)).count }

  /// A rank and where it runs.
  func name(_ rank: Int) -> String { "rank \(rank) on \(places[rank].host)" }

  /// How work is done: on the threads that somebody asks for, or on all processors, which ranks that may run on the same ones
  /// share.
  func execution(_ threads: Int?) -> Execution {
    Execution(threads: threads ?? defaultThreads, communicator: communicator)
  }

  private var defaultThreads: Int? {
    communicator == nil ? nil : max(1, Machine.threads / places.count { $0.sharesProcessors(with: places[rank]) })
  }

  /// What is to be said where ranks on one machine have more threads than it has processors for them.
  func crowding(threads: Int) -> String? {
    let sharing = places.count { $0.sharesProcessors(with: places[rank]) }
    guard sharing * threads > Machine.threads else { return nil }
    return
      "warning: \(counted(sharing, "rank")) of \(counted(threads, "thread")) share \(counted(Machine.threads, "processor")): "
      + (threads > 1 ? "leave --threads out, or " : "") + "start fewer ranks"
  }

  /// Does what all ranks do, and may fail on some: then it fails on all.
  func together<Value: ~Copyable>(_ body: () throws -> Value) throws -> Value {
    guard let communicator else { return try body() }
    let own: Result<Value, any Error>
    var text = ""
    do { own = .success(try body()) } catch {
      own = .failure(error)
      text = (error as? VAEError)?.text ?? "\(error)"
    }
    let problems = try communicator.all(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    switch consume own {
    case .failure(let error): throw SharedFailure(error: error)
    case .success(let value):
      guard let other = problems.firstIndex(where: { !$0.isEmpty }) else { return value }
      throw SharedFailure(error: VAEError(.communication, "On \(name(other)): \(problems[other])"))
    }
  }

  /// Where this rank writes a file that the leader is to write: the others' come to nothing.
  func path(_ path: String) -> String {
    leads || path == "-"
      ? path
      : FileManager.default.temporaryDirectory.appending(path: "vae-rank-\(getpid())-\(PathParts(path).name)").path
  }

  /// Removes such files, but for the leader's.
  func discard(_ paths: [String?]) {
    if !leads { for path in paths.compactMap(\.self) { unlink(path) } }
  }

  /// What the leader has come to, in bytes.
  func broadcast(_ bytes: () throws -> [UInt8]) throws -> [UInt8] {
    guard let communicator else { return try bytes() }
    let own = try together { leads ? try bytes() : [] }
    return try communicator.broadcast(own)
  }

  /// The largest of all ranks' numbers.
  func largest(_ number: Int32) throws(VAEError) -> Int32 {
    guard let communicator else { return number }
    return try communicator.all(number).max()!
  }

  /// Does what the leader does alone, while the others wait for it, however long that takes.
  func whileOthersWait<Value>(_ body: () throws -> Value) throws -> Value? {
    guard let communicator else { return try body() }
    let value = leads ? try body() : nil
    let patience = communicator.patience
    communicator.patience = patience * 20
    defer { communicator.patience = patience }
    _ = try communicator.all(UInt8(0))
    return value
  }
}

extension Ranks {
  /// Throws where data reach one of several ranks only.
  func checkIsForAll(_ location: String) throws {
    try together {
      if count > 1 && DataInput.comesOnce(location) {
        throw VAEError(
          .data,
          "Data that come once (standard input, or a pipe) reach one of the \(count) ranks: put them into a file that all can read."
        )
      }
    }
  }

  /// Throws where the ranks would not ask the same of the same.
  func checkAgreement(on model: VariationalAutoencoder<Float>, _ data: any DataSource) throws {
    if count == 1 { return }
    var agreement = RankAgreement()
    try together { try agreement.add(model, data) }
    try agreement.check(self)
  }

  /// The checkpoint that the leader reads, of which the others get a copy.
  func checkpoint(in folder: CheckpointFolder, _ read: () throws -> Checkpoint<Float>) throws -> Checkpoint<Float> {
    if count == 1 { return try read() }
    var own: Checkpoint<Float>?
    let bytes = try broadcast {
      let checkpoint = try read()
      own = checkpoint
      return try Array(Data(contentsOf: URL(fileURLWithPath: folder.file(checkpoint.step))))
    }
    return try together {
      if let own { return own }
      let copy = try RunFolderCopy(files: [("checkpoint.safetensors", bytes)])
      return try Checkpoint<Float>(contentsOf: copy.file("checkpoint.safetensors"))
    }
  }

  /// A run to go on with, whose folder only the leader needs to see.
  func resumedRun(_ folder: RunFolder, _ given: Settings, memory: Int) throws -> ResumedRun {
    if count == 1 { return try ResumedRun(folder, given, memory: memory) }
    var own: ResumedRun?
    func read(_ path: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: path))) }
    let settings = try broadcast {
      own = try ResumedRun(folder, given, memory: memory)
      return try read(folder.configuration)
    }
    func file() -> String { own.map { folder.checkpointFolder($0.plan).file($0.checkpoint.step) } ?? "" }
    let name = try broadcast { Array(PathParts(file()).name.utf8) }
    let checkpoint = try broadcast { try read(file()) }
    return try together {
      if let own { return own }
      let copy = try RunFolderCopy(files: [
        ("config.json", settings), ("checkpoints/\(String(decoding: name, as: UTF8.self))", checkpoint),
      ])
      return try ResumedRun(RunFolder(path: copy.path), given, memory: memory)
    }
  }
}

/// Some files of a run's folder, for as long as they are needed.
private struct RunFolderCopy: ~Copyable {
  let path: String

  init(files: [(name: String, bytes: [UInt8])]) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "vae-\(UUID().uuidString)")
    path = folder.path
    for (name, bytes) in files {
      let file = folder.appending(path: name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path.path(of: name) }
}

/// An error that all ranks know of: none of them waits for another.
struct SharedFailure: Error {
  let error: any Error
}

/// Where a rank runs.
private struct RankPlace: Codable {
  let host: String
  /// By what to know a machine: containers on one have names of their own.
  let machine: String
  /// The processors that the rank may use.
  let processors: String

  static var here: RankPlace {
    func read(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
    let host = ProcessInfo.processInfo.hostName
    let status = read("/proc/self/status") ?? ""
    return RankPlace(
      host: host, machine: read("/proc/sys/kernel/random/boot_id") ?? host,
      processors: status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }.map(String.init) ?? "")
  }

  func sharesProcessors(with other: RankPlace) -> Bool { machine == other.machine && processors == other.processors }

  var bytes: [UInt8] { Array(((try? Terminal.json(self)) ?? "").utf8) }

  init(host: String, machine: String, processors: String) {
    (self.host, self.machine, self.processors) = (host, machine, processors)
  }

  init(_ bytes: [UInt8]) {
    self =
      (try? JSONDecoder().decode(RankPlace.self, from: Data(bytes)))
      ?? RankPlace(host: "an unknown machine", machine: "", processors: "")
  }
}
