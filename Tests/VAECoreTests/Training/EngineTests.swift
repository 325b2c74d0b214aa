import Testing
import VAECore

struct EngineTests {
  /// Option 1 equals option 2, whatever the samples per pass.
  @Test(arguments: FiniteDifferenceTests.likelihoods)
  func jointEqualsAccumulated(likelihood: Likelihood) throws {
    var random = TestRandom(1)
    let configuration = ModelConfiguration(
      dataSize: 30, encoderHidden: [20, 10], latentSize: 5, likelihood: likelihood)
    let model = try VariationalAutoencoder<Double>(configuration, seed: 1)
    let x: Matrix<Double> = random.unitMatrix(11, 30)
    let noise: Matrix<Double> = random.matrix(11 * 7, 5)
    let joint = try model.gradient(of: x, noise: noise)
    for width in [1, 2, 3, 7, 100] {
      let accumulated = try model.gradient(of: x, noise: noise, estimator: .accumulated(samplesPerPass: width))
      #expect(relativeDifference([joint.loss.total], [accumulated.loss.total]) < 1e-12)
      let worst = worstTensor(joint.gradient) { accumulated.gradient[$0] }
      #expect(worst.difference < 1e-12, "\(worst)")
    }
  }

  /// The gradient of the mean is the mean of the gradients of single data with single samples.
  @Test func batchEqualsLoop() throws {
    var random = TestRandom(2)
    let configuration = ModelConfiguration(dataSize: 12, encoderHidden: [7], latentSize: 3)
    let model = try VariationalAutoencoder<Double>(configuration, seed: 1)
    let (data, samples) = (5, 4)
    let x: Matrix<Double> = random.unitMatrix(data, 12)
    let noise: Matrix<Double> = random.matrix(data * samples, 3)
    let batch = try model.gradient(of: x, noise: noise)
    var mean = Dictionary(uniqueKeysWithValues: batch.gradient.names.map { ($0, [Double]()) })
    for row in 0..<data * samples {
      let single = try model.gradient(
        of: Matrix(rows: 1, columns: 12, elements: x.row(row / samples)),
        noise: Matrix(rows: 1, columns: 3, elements: noise.row(row)))
      for name in batch.gradient.names {
        let part = single.gradient[name].map { $0 / Double(data * samples) }
        mean[name] = mean[name]!.isEmpty ? part : zip(mean[name]!, part).map(+)
      }
    }
    let worst = worstTensor(batch.gradient) { mean[$0]! }
    #expect(worst.difference < 1e-13, "\(worst)")
  }

  /// Many blocks and tiles, in both precisions: the number of threads changes no bit.
  @Test func threadsChangeNothing() throws {
    func check<S: Scalar>(_ type: S.Type) throws {
      var random = TestRandom(3)
      let configuration = ModelConfiguration(dataSize: 150, encoderHidden: [140], latentSize: 20)
      let model = try VariationalAutoencoder<S>(configuration, seed: 1)
      let x: Matrix<S> = random.unitMatrix(130, 150)
      let noise: Matrix<S> = random.matrix(130 * 2, 20)
      let one = try model.gradient(of: x, noise: noise, threads: 1)
      for threads in 2...4 {
        let more = try model.gradient(of: x, noise: noise, threads: threads)
        #expect(one.loss == more.loss)
        #expect(one.gradient == more.gradient)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }
}
