import ArgumentParser
import Foundation
import VAECore

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
    do {
      var command = try parseAsRoot()
      try VectorLevel.check()
      try command.run()
    } catch let error as VAEError {
      exit(withError: VAEError(error.kind, error.text))
    } catch {
      exit(withError: error)
    }
    // Results that nobody got are no success.
    if fflush(nil) != 0 {
      exit(withError: VAEError(.file, "The results cannot be printed: \(VAEError.reason())."))
    }
  }
}
