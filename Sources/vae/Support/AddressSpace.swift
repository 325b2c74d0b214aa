import Foundation
import VAECore

enum AddressSpace {
  /// Begins the program again without the threads of OpenBLAS, where its address space is limited.
  ///
  /// OpenBLAS starts them when it is loaded, before anything of the program runs. Each wants 128 MiB, tries for ever
  /// where there are none, and is waited for when the program ends, even by `vae --help`. The tool has no use for them:
  /// it is parallel by itself.
  static func leaveOutOpenBLASThreads() {
    let name = "OPENBLAS_NUM_THREADS"
    if Machine.addressSpaceLimit == nil || getenv(name).map({ String(cString: $0) }) == "1" { return }
    setenv(name, "1", 1)
    // It returns only where that cannot be done, and then all is as it was.
    execv("/proc/self/exe", CommandLine.unsafeArgv)
  }
}
