import ArgumentParser

@main struct VAEBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vae-bench",
    abstract: "Measures this machine at training variational autoencoders.",
    discussion: """
      Times are medians with their quartiles; everything is checked for correctness before it is timed. On a shared \
      machine believe ratios of what was measured in turn, not single times.
      """,
    subcommands: [GEMM.self, Step.self, Estimators.self, Scale.self, Ranks.self, Encode.self])
}
