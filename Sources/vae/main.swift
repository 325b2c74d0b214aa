import VAECore
import VAEFiles
import Foundation
let args = CommandLine.arguments
let data = try DataLocation.open("fashion-mnist")
var configuration = TrainingConfiguration()
var trainer = try Trainer(VariationalAutoencoder<Float>(ModelConfiguration(dataSize: 784)), configuration: configuration, threads: Int(args[1])!)
for _ in 0..<Int(args[2])! { 
  let t0 = Date()
  let l = try trainer.trainEpoch(on: data.train)
  let t1 = Date().timeIntervalSince(t0)
  let e = try trainer.model.evaluate(on: data.test!)
  print(l.total, e.loss.total, t1, t1/600*1000, "ms/step", "eval", Date().timeIntervalSince(t0)-t1)
}
