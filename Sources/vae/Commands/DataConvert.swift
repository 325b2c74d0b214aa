import ArgumentParser
import CommandSupport
import Foundation
import VAECore
import VAEFiles

struct DataConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Writes data as NPY, in one file or in several of a folder.",
    discussion: """
      Bytes stay bytes, what single precision holds becomes that, and all else double precision. Any amount of data passes through little memory, and the \
      file is there once it is complete.

      NPY holds numbers alone, in order. A table's names of columns are lost, and with them what chooses by names and \
      what messages say: choose the columns now, for training and test data in the same order. --missing mean takes \
      the means of what is converted, of test data their own: --missing nan leaves the choice to whatever reads the \
      file. Texts become the numbers that a model sees, categories their indices and dates days or seconds, and the \
      schema that says which is written beside the file, as x.npy.schema.json, where whatever reads the file finds it. Standardisation goes by the order of columns, and misses nothing.

        vae data convert table.csv.gz --missing mean --out table.npy
        vae data convert images.npz:train --out shards --shard-size 100000
      """)

  @OptionGroup var location: DataArgument
  @OptionGroup var table: SettingOptions<TableSettings>
  @Option(help: ArgumentHelp("The file to write, or with --shard-size the folder.", valueName: "x.npy")) var out: String
  @Option(help: ArgumentHelp("Write files of so many data each.", valueName: "count")) var shardSize: Int?

  func validate() throws {
    if let shardSize, shardSize < 1 { throw ValidationError("--shard-size must be at least 1; it is \(shardSize).") }
  }

  func run() throws {
    try checkOutput(out, shardSize: shardSize, reading: InputFiles.data(location.data))
    let file = try openData(location.data, table.applied())
    let stream = file.data.stream
    for note in file.table?.notes ?? [] { Terminal.note(note) }
    let path = DataFile.schemaPath(beside: out)
    guard var schema = stream.columns?.schema else {
      if stream.columnNames != nil { Terminal.note("note: NPY has no room for the columns' names") }
      try writeData(stream, to: out, shardSize: shardSize)
      // What lay beside another file of that name says nothing of this one.
      if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
      return
    }
    schema.rowCount = try writeData(stream, to: out, shardSize: shardSize)
    try AtomicFile.write(schema.json, to: path)
    print("The schema says what the numbers are: \(path)")
  }
}

/// Throws where data could not be written to a file, or with a shard size to a folder.
func checkOutput(_ path: String, shardSize: Int?, reading inputs: [InputFiles] = []) throws(VAEError) {
  if shardSize != nil { return try AtomicFolder.check(path) }
  try OutputFile.check([OutputFile("--out", path, as: [.npy])], reading: inputs)
}

/// Writes data, and says so. Returns how many there were.
@discardableResult
func writeData(_ stream: any DataStream, to path: String, shardSize: Int?) throws(VAEError) -> Int {
  let progress = showProgress("wrote", of: stream.count)
  if let shardSize {
    let (count, shards) = try NPY.writeShards(stream, of: shardSize, to: path, progress: progress)
    Terminal.clearStatus()
    print("\(count) data of \(stream.dataSize) values in \(shards) files: \(path)")
    return count
  } else {
    let count = try NPY.write(stream, to: path, progress: progress)
    Terminal.clearStatus()
    print("\(count) data of \(stream.dataSize) values: \(path)")
    return count
  }
}
