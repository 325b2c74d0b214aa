import VAECore

/// A model whose biases are not zero.
package func randomModel(_ configuration: ModelConfiguration, seed: UInt64 = 3) throws -> VariationalAutoencoder<Double>
{
  var random = TestRandom(seed)
  var model = try VariationalAutoencoder<Double>(configuration, seed: seed)
  for name in model.parameters.names {
    model.parameters[name] = model.parameters[name].map { $0 + 0.3 * random.normal() }
  }
  return model
}
