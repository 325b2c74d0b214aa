import Foundation

/// What has started this process as one of several that MPI connects: `mpirun`, `mpiexec`, or Slurm's `srun`.
///
/// A process can tell by its environment, before MPI is loaded. Most runs are of one process, which needs no MPI and shall not wait for one.
public struct MPILauncher: Sendable {
  /// What it belongs to, for a person.
  public let name: String
  /// The number that it gave to this process, from 0.
  public let rank: Int
  /// How many processes it says that it has started.
  public let count: Int
  /// The libraries that its processes may be connected by, the likeliest first.
  package let libraries: [String]

  /// What started this process; nil where nothing did, where it started this one alone, or where the environment variable `VAE_MPI`
  /// is `off`.
  public static var current: MPILauncher? {
    guard let launcher = MPILauncher(environment: ProcessInfo.processInfo.environment), launcher.count > 1 else {
      return nil
    }
    return launcher
  }

  package init?(environment: [String: String]) {
    let named = environment["VAE_MPI"].flatMap { $0.isEmpty ? nil : $0 }
    if named?.lowercased() == "off" { return nil }
    for kind in Self.kinds {
      if let rank = environment[kind.rank].flatMap({ Int($0) }),
        let count = environment[kind.count].flatMap({ Int($0) })
      {
        (name, self.rank, self.count) = (kind.name, rank, count)
        libraries = named.map { [$0] } ?? kind.libraries.map(\.fileName)
        return
      }
    }
    return nil
  }

  /// A library's name and the version of its binary interface.
  private struct Library {
    let name: String
    let version: Int

    var fileName: String {
      #if os(macOS)
        "lib\(name).\(version).dylib"
      #else
        "lib\(name).so.\(version)"
      #endif
    }

    static let openMPI = Library(name: "mpi", version: 40)
    static let mpich = Library(name: "mpi", version: 12)
    /// As Debian names it.
    static let packagedMPICH = Library(name: "mpich", version: 12)
    /// The binary interface that all implementations of MPI 5 have (MPI 5.0, chapter 20).
    static let standard = Library(name: "mpi_abi", version: 1)
  }

  /// The variables by which launchers tell their processes who they are. An implementation's own library stands before the standard
  /// one, which may be another's.
  private static let kinds: [(name: String, rank: String, count: String, libraries: [Library])] = [
    ("Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", [.openMPI, .standard]),
    ("MPICH's process manager (PMI)", "PMI_RANK", "PMI_SIZE", [.mpich, .packagedMPICH, .standard]),
    (
      "Slurm (PMIx)", "PMIX_RANK", "SLURM_STEP_NUM_TASKS", [.openMPI, .mpich, .packagedMPICH, .standard]
    ),
  ]
}
