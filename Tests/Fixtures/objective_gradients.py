"""Reference losses and gradients of every objective and prior, from JAX in float64.

Writes objective_gradients.json beside this file. The model is a small one with tanh units and a Bernoulli likelihood;
M data, L samples per datum, rows r = i*L + l, weights [out, in]. The densities are written out as densities, and the
estimators as their papers state them, with stop_gradient:

  elbo         mean over rows of -log p(x|z), plus beta times the KL divergence in closed form
  free bits    the same with sum_k max(lambda, mean over data of KL_k) (Kingma et al. 2016)
  stl          the gradient of mean over rows of -log p(x|z) + beta (log q(z|x) - log p(z)), the parameters of q held
               fixed in log q (Roeder et al. 2017)
  iwae         mean over data of -log (mean over samples of w), w = p(x|z) p(z) / q(z|x) (Burda et al. 2015)
  iwae, stl    its gradient with the parameters of q held fixed in log q
  iwae, dreg   for the encoder the gradient of -sum_l (normalised w)^2 log w, the squares and the parameters of q in
               log q held fixed; for the decoder and the prior that of iwae (Tucker et al. 2018)

The prior is N(0, I), or a mixture of normal distributions, with prior.weight [K, 2Z] its means beside its log-variances and
prior.bias [K] the logits of its weights. Then the elbo's KL divergence is that from N(0, I) less the mean over samples of
log p(z) - log N(z; 0, I). Points and their densities under the mixture, by SciPy's normal densities, stand beside.

To regenerate:

  python3 -m venv venv
  venv/bin/pip install "jax==0.10.2" numpy scipy
  venv/bin/python objective_gradients.py
"""

import json
from pathlib import Path

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np
import scipy.special
import scipy.stats
from jax.lax import stop_gradient
from jax.scipy.stats import norm

DATA, HIDDEN, LATENT = 5, 4, 2
M, L = 3, 4
COMPONENTS = 3

CASES = [
    {"bound": "elbo", "latent_gradient": "total", "beta": 0.7, "free_bits": 0.0},
    {"bound": "elbo", "latent_gradient": "total", "beta": 1.3, "free_bits": 0.25},
    {"bound": "elbo", "latent_gradient": "stl", "beta": 0.7, "free_bits": 0.0},
    {"bound": "iwae", "latent_gradient": "total", "beta": 1.0, "free_bits": 0.0},
    {"bound": "iwae", "latent_gradient": "stl", "beta": 1.0, "free_bits": 0.0},
    {"bound": "iwae", "latent_gradient": "dreg", "beta": 1.0, "free_bits": 0.0},
]

CASES = [{**case, "components": components} for components in (0, COMPONENTS) for case in CASES
         if components == 0 or case["free_bits"] == 0]

SIZES = {"encoder.0": (DATA, HIDDEN), "mean": (HIDDEN, LATENT), "logvar": (HIDDEN, LATENT),
         "decoder.0": (LATENT, HIDDEN), "output": (HIDDEN, DATA)}


def linear(parameters, name, x):
    return x @ parameters[f"{name}.weight"].T + parameters[f"{name}.bias"]


def log_prior(parameters, z, components):
    """log p(z) over the last axis."""
    if components == 0:
        return jnp.sum(norm.logpdf(z), axis=-1)
    mean, logvar = jnp.split(parameters["prior.weight"], 2, axis=1)
    each = jnp.sum(norm.logpdf(z[..., None, :], mean, jnp.exp(logvar / 2)), axis=-1)
    return jax.scipy.special.logsumexp(each + jax.nn.log_softmax(parameters["prior.bias"]), axis=-1)


def terms(parameters, x, noise, holds_q, components):
    """-log p(x|z), log w and log p(z) - log N(z; 0, I) [M, L], mu and log sigma^2 [M, Z]."""
    h = jnp.tanh(linear(parameters, "encoder.0", x))
    mu, logvar = linear(parameters, "mean", h), linear(parameters, "logvar", h)
    z = mu[:, None] + jnp.exp(logvar / 2)[:, None] * noise.reshape(M, L, LATENT)
    logits = linear(parameters, "output", jnp.tanh(linear(parameters, "decoder.0", z)))
    p = jax.nn.sigmoid(logits)
    error = -jnp.sum(x[:, None] * jnp.log(p) + (1 - x[:, None]) * jnp.log1p(-p), axis=2)
    q_mu, q_logvar = (stop_gradient(mu), stop_gradient(logvar)) if holds_q else (mu, logvar)
    log_q = jnp.sum(norm.logpdf(z, q_mu[:, None], jnp.exp(q_logvar / 2)[:, None]), axis=2)
    log_p = log_prior(parameters, z, components)
    return error, log_p - log_q - error, log_p - log_prior(parameters, z, 0), mu, logvar


def loss(parameters, x, noise, case):
    error, log_w, relative, mu, logvar = terms(parameters, x, noise, False, case["components"])
    if case["bound"] == "iwae":
        return -jnp.mean(jax.scipy.special.logsumexp(log_w, axis=1) - jnp.log(L))
    kl = jnp.mean(0.5 * (mu**2 + jnp.exp(logvar) - 1 - logvar), axis=0)
    return jnp.mean(error) + case["beta"] * (jnp.sum(jnp.maximum(kl, case["free_bits"])) - jnp.mean(relative))


def surrogate(parameters, x, noise, case):
    """What is differentiated instead of the loss."""
    error, log_w, _, _, _ = terms(parameters, x, noise, True, case["components"])
    if case["bound"] == "elbo":
        ratio = -log_w - error
        return jnp.mean(error + case["beta"] * ratio)
    if case["latent_gradient"] == "stl":
        return -jnp.mean(jax.scipy.special.logsumexp(log_w, axis=1))
    weights = stop_gradient(jax.nn.softmax(log_w, axis=1))
    return -jnp.mean(jnp.sum(weights**2 * log_w, axis=1))


def gradient(parameters, x, noise, case):
    plain = jax.grad(loss)(parameters, x, noise, case)
    if case["latent_gradient"] == "total":
        return plain
    other = jax.grad(surrogate)(parameters, x, noise, case)
    is_decoder = lambda name: name.startswith(("decoder", "output", "prior"))
    return {name: plain[name] if is_decoder(name) else other[name] for name in plain}


def main():
    rng = np.random.default_rng(20150901)
    parameters = {}
    for name, (inputs, outputs) in SIZES.items():
        parameters[f"{name}.weight"] = rng.normal(0, 0.8, (outputs, inputs))
        parameters[f"{name}.bias"] = rng.normal(0, 0.4, outputs)
    x = rng.uniform(0, 1, (M, DATA))
    noise = rng.normal(0, 1, (M * L, LATENT))
    # (By a generator of their own, so that the others stay.)
    rng = np.random.default_rng(20180409)
    head = rng.normal(0, 0.8, (COMPONENTS, 2 * LATENT))
    logits = rng.normal(0, 0.8, COMPONENTS)
    parameters |= {"prior.weight": head, "prior.bias": logits}
    points = rng.normal(0, 2, (6, LATENT))
    each = scipy.stats.norm.logpdf(points[:, None], head[:, :LATENT], np.exp(head[:, LATENT:] / 2)).sum(axis=2)
    densities = scipy.special.logsumexp(each + scipy.special.log_softmax(logits), axis=1)
    flat = lambda values: np.asarray(values).ravel().tolist()
    cases = [{**case, "loss": float(loss(parameters, x, noise, case)),
              "gradients": {name: flat(g) for name, g in gradient(parameters, x, noise, case).items()
                            if case["components"] > 0 or not name.startswith("prior")}}
             for case in CASES]
    fixture = {"data_size": DATA, "hidden": HIDDEN, "latent": LATENT, "batch_size": M, "samples": L,
               "parameters": {name: flat(values) for name, values in parameters.items()},
               "components": COMPONENTS, "points": flat(points), "densities": flat(densities), "data": flat(x), "noise": flat(noise), "cases": cases}
    Path(__file__).with_suffix(".json").write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
