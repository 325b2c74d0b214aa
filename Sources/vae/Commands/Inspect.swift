import ArgumentParser
import CommandSupport
import VAECore

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows a model's configuration and tensors.")

  @OptionGroup var model: ModelArgument
  @OptionGroup var output: JSONFlag

  func run() throws {
    let checkpoint = try openModel(model.model)
    let report = Report(checkpoint)
    if output.json { return try Terminal.printJSON(report) }
    print("trained for \(counted(report.epoch, "epoch")), \(counted(report.step, "step"))\n")
    print("configuration  \(try Terminal.json(report.configuration))")
    if let training = report.training { print("training       \(try Terminal.json(training))") }
    for line in DataText.lines(checkpoint.model) { print(line) }
    var table = Table(["tensor", "shape", "parameters"])
    for tensor in report.tensors {
      table.add([tensor.name, tensor.shape.map(String.init).joined(separator: " × "), String(tensor.count)])
    }
    table.add(["all", "", String(report.parameters)])
    print("\n\(table.text)")
  }

  private struct Report: Encodable {
    struct Tensor: Encodable {
      let name: String
      let shape: [Int]
      let count: Int
    }

    let epoch: Int
    let step: Int
    let configuration: ModelConfiguration
    let training: TrainingConfiguration?
    /// What the model knows of its data.
    let data: DataSchema?
    /// How it sees them, where not as they are.
    let standardization: Standardization?
    /// What stands for a missing value of each column, where something does.
    let substitutes: [Double]?
    let tensors: [Tensor]
    let parameters: Int

    init(_ checkpoint: Checkpoint<Float>) {
      let parameters = checkpoint.model.parameters
      epoch = checkpoint.epoch
      step = checkpoint.step
      configuration = checkpoint.model.configuration
      training = checkpoint.training
      data = checkpoint.model.schema
      standardization = checkpoint.model.standardization
      substitutes = checkpoint.model.substitutes
      tensors = parameters.names.map {
        Tensor(name: $0, shape: parameters.shape(of: $0), count: parameters[$0].count)
      }
      self.parameters = parameters.count
    }
  }
}
