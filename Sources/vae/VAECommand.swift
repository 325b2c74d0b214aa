import ArgumentParser
import Foundation
import VAECore
import VAEMPI

@main struct VAECommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vae",
    abstract: "Trains and uses variational autoencoders on the CPU.",
    discussion: """
      Start with

        vae train --data fashion-mnist --out runs/fashion

      or, without a data set, --data synthetic. Then look at runs/fashion/samples.png, and try

        vae evaluate runs/fashion --data fashion-mnist

      How the gradient comes about, weight by weight, that it is right, and how many samples it needs:

        vae explain --weight w16
        vae verify
        vae variance
      """,
    subcommands: [
      Train.self, Evaluate.self, Score.self, Reconstruct.self, Sample.self, Impute.self, Encode.self, Decode.self,
      Compare.self, Inspect.self,
      DataCommand.self, SettingsCommand.self, Explain.self, Verify.self, Variance.self,
    ])

  static func main() {
    // A file that grows over the process's limit is an error to report, not a reason to die.
    signal(SIGXFSZ, SIG_IGN)
    AddressSpace.leaveOutOpenBLASThreads()
    let launcher = MPILauncher.current
    do {
      var command = try parseAsRoot()
      try VectorLevel.check()
      if let launcher { try launcher.run(command) } else { try command.run() }
    } catch {
      // Of several processes one says what all have found.
      if let launcher, launcher.rank > 0 {
        // Launchers have their say about the first that ends.
        usleep(500_000)
        _exit(exitCode(for: told(error)).rawValue)
      }
      exit(withError: told(error))
    }
    // Results that nobody got are no success.
    if fflush(nil) != 0 {
      exit(withError: VAEError(.file, "The results cannot be printed: \(VAEError.reason())."))
    }
  }

  /// An error as a person is told of it.
  static func told(_ error: any Error) -> any Error {
    switch error {
    case let failure as SharedFailure: told(failure.error)
    case let error as VAEError: VAEError(error.kind, error.text)
    default: error
    }
  }
}
