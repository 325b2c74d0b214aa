"""Reference losses and gradients of small variational autoencoders, from JAX in float64.

Writes reference_gradients.json beside this file: 40 cases, every activation with every
likelihood, and every activation with gates. The formulas are written here from scratch, the gradients are jax.grad's, and
a few random entries of each gradient are checked against finite differences.

The model (Kingma & Welling, 2013) has M data, L samples per datum, rows r = i*L + l.
A linear layer is y = x @ W.T + b with W [out, in]; f is the activation. In a model with
gates, f(layer.k(h)) is multiplied by sigmoid(layer.k.gate(h)) in every hidden layer.

  encoder   h = f(encoder.k(h)) from x, then mu = mean(h), logvar = logvar(h) = log sigma^2
  sample    z[r] = mu[i] + exp(logvar[i] / 2) * noise[r]
  decoder   h = f(decoder.k(h)) from z, then o = output(h)
            and, if the variance is learned, s = output_logvar(h)
  output    m = g(o), g the output activation (for bernoulli, o are the logits)

Reconstruction term of a row, summed over its outputs j unless a mean is said:

  bernoulli                 softplus(o_j) - x_j * o_j
  gaussian, variance v      0.5 * (log(2 pi v) + (x_j - m_j)^2 / v)
  gaussian, learned         0.5 * (log(2 pi) + s_j + (x_j - m_j)^2 * exp(-s_j))
  squared-error             mean over j of (x_j - m_j)^2

  kl of a datum    sum_k 0.5 * (mu_k^2 + exp(logvar_k) - 1 - logvar_k)
  loss             reconstruction + beta * kl, where reconstruction is the mean over
                   the M*L rows and kl the mean over the M data

To regenerate (another JAX or CPU may change the last digits):

  python3 -m venv venv
  venv/bin/pip install "jax==0.10.2" numpy
  venv/bin/python reference_gradients.py
"""

import json
from pathlib import Path

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np

SEED = 20131220
DATA_SIZE = 6
RELU_MARGIN = 1e-3

ACTIVATIONS = {
    "identity": lambda x: x,
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "sigmoid": jax.nn.sigmoid,
    "softplus": jax.nn.softplus,
    "elu": lambda x: jnp.where(x > 0, x, jnp.expm1(jnp.minimum(x, 0))),
    "silu": lambda x: x * jax.nn.sigmoid(x),
    "gelu": lambda x: x * (1 + jax.scipy.special.erf(x / jnp.sqrt(2.0))) / 2,
}

# (likelihood, variance is learned)
LIKELIHOODS = [("bernoulli", False), ("gaussian", False), ("gaussian", True), ("squared-error", False)]


def make_configurations():
    """The settings of each case; the index arithmetic keeps the settings from marching in step."""
    configurations = []
    cases = [(a, k, False) for a in range(len(ACTIVATIONS)) for k in range(len(LIKELIHOODS))]
    cases += [(a, (a + a // 4) % len(LIKELIHOODS), True) for a in range(len(ACTIVATIONS))]
    for n, (a, k, gated) in enumerate(cases):
        activation, (likelihood, learned) = list(ACTIVATIONS)[a], LIKELIHOODS[k]
        samples = [1, 3, 2][n % 3]
        encoder_hidden = [[5], [5, 4]][(n + a) % 2]
        variance = None
        if likelihood == "gaussian":
            variance = "learned" if learned else [0.5, 1.0, 2.5][a % 3]
        sigmoid_output = likelihood != "bernoulli" and (a // 2 + k) % 2 == 1
        kind = likelihood if variance is None else f"{likelihood} variance={variance}"
        hidden = ",".join(map(str, encoder_hidden))
        configurations.append({
            "name": f"{'gated ' if gated else ''}{activation} {kind} L={samples} hidden={hidden}",
            "data_size": DATA_SIZE,
            "encoder_hidden": encoder_hidden,
            "latent_size": [2, 2, 3, 2, 5][n % 5],
            "decoder_hidden": [[4], [5], [4, 6], [4, 5]][(n + a) % 4],
            "activation": activation,
            "gated": gated,
            "likelihood": likelihood,
            "variance": variance,
            "output_activation": "sigmoid" if sigmoid_output else "identity",
            "beta": [1.0, 0.5, 2.0][(n + n // 3) % 3],
            "samples": samples,
            "batch_size": [4, 2, 3][(n // 3) % 3],
        })
    return configurations


def layer_sizes(case):
    """Name -> (inputs, outputs) of every linear layer."""
    sizes = {}
    width = case["data_size"]
    for k, hidden in enumerate(case["encoder_hidden"]):
        sizes[f"encoder.{k}"] = (width, hidden)
        if case["gated"]:
            sizes[f"encoder.{k}.gate"] = (width, hidden)
        width = hidden
    sizes["mean"] = sizes["logvar"] = (width, case["latent_size"])
    width = case["latent_size"]
    for k, hidden in enumerate(case["decoder_hidden"]):
        sizes[f"decoder.{k}"] = (width, hidden)
        if case["gated"]:
            sizes[f"decoder.{k}.gate"] = (width, hidden)
        width = hidden
    sizes["output"] = (width, case["data_size"])
    if case["variance"] == "learned":
        sizes["output_logvar"] = sizes["output"]
    return sizes


def draw_inputs(case, rng):
    parameters = {}
    for name, (inputs, outputs) in layer_sizes(case).items():
        parameters[f"{name}.weight"] = rng.normal(0, 0.5, (outputs, inputs))
        parameters[f"{name}.bias"] = rng.normal(0, 0.3, outputs)
    data = rng.uniform(0, 1, (case["batch_size"], case["data_size"]))
    noise = rng.normal(0, 1, (case["batch_size"] * case["samples"], case["latent_size"]))
    return parameters, data, noise


def linear(parameters, name, x):
    return x @ parameters[f"{name}.weight"].T + parameters[f"{name}.bias"]


def forward(case, parameters, data, noise):
    """Returns loss, reconstruction, kl and the pre-activations of all hidden layers."""
    f = ACTIVATIONS[case["activation"]]
    g = ACTIVATIONS[case["output_activation"]]
    preactivations = []

    def hidden_layers(prefix, count, h):
        for k in range(count):
            preactivations.append(linear(parameters, f"{prefix}.{k}", h))
            own = f(preactivations[-1])
            if case["gated"]:
                own = own * jax.nn.sigmoid(linear(parameters, f"{prefix}.{k}.gate", h))
            h = own
        return h

    h = hidden_layers("encoder", len(case["encoder_hidden"]), data)
    mu, logvar = linear(parameters, "mean", h), linear(parameters, "logvar", h)
    kl = jnp.mean(jnp.sum(0.5 * (mu**2 + jnp.exp(logvar) - 1 - logvar), axis=1))

    def per_row(values):
        return jnp.repeat(values, case["samples"], axis=0)

    x = per_row(data)
    z = per_row(mu) + jnp.exp(per_row(logvar) / 2) * noise
    h = hidden_layers("decoder", len(case["decoder_hidden"]), z)
    o = linear(parameters, "output", h)
    error = (x - g(o)) ** 2
    if case["likelihood"] == "bernoulli":
        terms = jnp.sum(jax.nn.softplus(o) - x * o, axis=1)
    elif case["likelihood"] == "squared-error":
        terms = jnp.mean(error, axis=1)
    elif case["variance"] == "learned":
        s = linear(parameters, "output_logvar", h)
        terms = jnp.sum(0.5 * (jnp.log(2 * jnp.pi) + s + error * jnp.exp(-s)), axis=1)
    else:
        v = case["variance"]
        terms = jnp.sum(0.5 * (jnp.log(2 * jnp.pi * v) + error / v), axis=1)
    reconstruction = jnp.mean(terms)
    return reconstruction + case["beta"] * kl, reconstruction, kl, preactivations


def check_gradients(loss, parameters, gradients, rng, entries=3, step=1e-4):
    """Fourth-order central differences at random entries of each parameter.

    An entry below 1e-3 is held to an absolute error of 1e-9. Returns the largest error.
    """
    worst = 0.0
    for name, values in parameters.items():
        for flat_index in rng.choice(values.size, min(entries, values.size), replace=False):
            index = np.unravel_index(flat_index, values.shape)

            def shifted(steps):
                moved = values.copy()
                moved[index] += steps * step
                return float(loss({**parameters, name: moved}))

            estimate = (8 * (shifted(1) - shifted(-1)) - (shifted(2) - shifted(-2))) / (12 * step)
            exact = float(gradients[name][index])
            error = abs(estimate - exact) / max(abs(exact), 1e-3)
            assert error < 1e-6, (name, index, exact, estimate)
            worst = max(worst, error)
    return worst


def make_case(case, seed):
    rng = np.random.default_rng(seed)
    while True:
        parameters, data, noise = draw_inputs(case, rng)
        total, reconstruction, kl, preactivations = forward(case, parameters, data, noise)
        margin = min(float(jnp.min(jnp.abs(p))) for p in preactivations)
        # The derivative of relu jumps at 0, that of elu bends there: else draw again.
        if case["activation"] not in ("relu", "elu") or margin > 5 * RELU_MARGIN:
            break
    assert case["activation"] not in ("relu", "elu") or margin > RELU_MARGIN

    loss = jax.jit(lambda p: forward(case, p, data, noise)[0])
    gradients = jax.grad(loss)(parameters)
    worst = check_gradients(loss, parameters, gradients, rng)
    print(f"{case['name']}: loss {float(total)!r}, finite differences within {worst:.1e}")

    def flat(array):
        return np.asarray(array).ravel().tolist()

    return {
        **case,
        "parameters": {n: {"shape": list(p.shape), "values": flat(p)} for n, p in parameters.items()},
        "data": flat(data),
        "noise": flat(noise),
        "loss": float(total),
        "reconstruction": float(reconstruction),
        "kl": float(kl),
        "gradients": {n: flat(gradients[n]) for n in parameters},
    }


def main():
    cases = [make_case(c, [SEED, n]) for n, c in enumerate(make_configurations())]
    assert len({case["name"] for case in cases}) == len(cases) == 40

    def compact(value):  # json writes floats by repr, so doubles survive exactly
        return json.dumps(value, separators=(",", ":"), allow_nan=False)

    description = "VAE losses and gradients in float64, written by reference_gradients.py, which has the formulas."
    generator = {"jax": jax.__version__, "numpy": np.__version__}
    head = f'{{"description":{compact(description)},"generator":{compact(generator)},"cases":[\n'
    text = head + ",\n".join(map(compact, cases)) + "\n]}\n"
    assert len(text) < 700_000
    Path(__file__).with_suffix(".json").write_text(text)


if __name__ == "__main__":
    main()
