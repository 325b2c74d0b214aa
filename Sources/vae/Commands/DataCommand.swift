import ArgumentParser
import CommandSupport
import VAECore
import VAEFiles

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Looks at data, converts them, and makes some up.",
    discussion: """
      A file's content says which format it is in, else its name. IDX, NPY, CSV and TSV files may be gzip-compressed. The \
      files of a folder and of a list are one set, in the order of their names and of the list.

        vae data inspect table.csv
        vae data convert table.csv --missing mean --out table.npy
        vae data synthesize --count 1000000 --side 28 --pattern noise --out noise.npy
      """,
    subcommands: [DataInspect.self, DataConvert.self, DataSynthesize.self])
}

struct DataArgument: ParsableArguments {
  @Argument(help: "\(dataHelp.abstract) - is standard input.") var data: String
}

/// The number of data that went through so far, where somebody can see it.
func showProgress(_ verb: String, of count: Int?) -> (Int) -> Void {
  { done in Terminal.status("\(verb) \(done)\(count.map { " of \($0)" } ?? "") data") }
}
