import ArgumentParser
import CommandSupport
import VAECore
import VAEFiles

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Looks at data, converts them, and makes some up.",
    discussion: """
      Data are files in the formats IDX, NPY, NPZ (file.npz:name), safetensors (file.safetensors:name), CSV and TSV, \
      recognised by their content; folders of them, and lists of them separated by commas; and - for standard input.

        vae data inspect table.csv
        vae data convert table.csv --missing mean --out table.npy
        vae data synthesize --count 1000000 --side 28 --pattern noise --out noise.npy
      """,
    subcommands: [DataInspect.self, DataConvert.self, DataSynthesize.self])
}

struct DataArgument: ParsableArguments {
  @Argument(
    help: "A file, a folder of files, several files separated by commas, - for standard input, or fashion-mnist.")
  var data: String
}

/// The number of data that went through so far, where somebody can see it.
func showProgress(_ verb: String, of count: Int?) -> (Int) -> Void {
  { done in Terminal.status("\(verb) \(done)\(count.map { " of \($0)" } ?? "") data") }
}
