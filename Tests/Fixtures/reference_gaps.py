"""The loss and the gradient of a model of data with missing values by JAX in double precision, for GapsTests.swift:

    pip install jax && python reference_gaps.py > reference_gaps.json

Columns: two Gaussian with learned variances, one Bernoulli, one of three categories, one of counts. Three of them lack values at
known rates; the loss is −ELBO and −IWAE of what is there, with and without the pattern of what is missing. The names are the
library's.
"""

import json

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import gammaln, logsumexp

jax.config.update("jax_enable_x64", True)

random = np.random.default_rng(5)
rows, samples, latent, hidden = 9, 3, 2, 6
rates = [0.25, 0.0, 0.4, 0.1, 0.0]
gap_columns = [0, 2, 3]

x = np.stack(
    [
        random.normal(size=rows),
        random.normal(size=rows) + 1,
        random.integers(0, 2, rows).astype(float),
        random.integers(0, 3, rows).astype(float),
        random.poisson(2.0, rows).astype(float),
    ],
    1,
)
missing = random.random((rows, 5)) < 0.35
# One lacks nothing, one all but a column; a column without a rate may lack a value, too.
missing[0] = False
missing[1] = [True, True, True, True, False]
present = jnp.asarray(~missing)
filled = jnp.where(present, x, 0.0)

one_hot = jax.nn.one_hot(filled[:, 3].astype(int), 3) * present[:, 3:4]
features = jnp.concatenate(
    [filled[:, :3] * present[:, :3], one_hot, (filled * present)[:, 4:], (~present[:, gap_columns]).astype(float)], 1
)

shapes = {
    "encoder.0.weight": (hidden, features.shape[1]), "encoder.0.bias": (hidden,),
    "mean.weight": (latent, hidden), "mean.bias": (latent,),
    "logvar.weight": (latent, hidden), "logvar.bias": (latent,),
    "decoder.0.weight": (hidden, latent), "decoder.0.bias": (hidden,),
    "output.0.weight": (2, hidden), "output.0.bias": (2,),
    "output_logvar.0.weight": (2, hidden), "output_logvar.0.bias": (2,),
    "output.1.weight": (1, hidden), "output.1.bias": (1,),
    "output.2.weight": (3, hidden), "output.2.bias": (3,),
    "output.3.weight": (1, hidden), "output.3.bias": (1,),
    "output_gap.weight": (3, hidden), "output_gap.bias": (3,),
}
tensors = {name: jnp.asarray(random.normal(size=shape) * 0.5) for name, shape in shapes.items()}
noise = jnp.asarray(random.normal(size=(rows, samples, latent)))


def linear(t, name, a):
    return a @ t[name + ".weight"].T + t[name + ".bias"]


def terms(t, patterned):
    h = jnp.tanh(linear(t, "encoder.0", features))
    mu, logvar = linear(t, "mean", h), linear(t, "logvar", h)
    z = mu[:, None] + jnp.exp(0.5 * logvar)[:, None] * noise
    d = jnp.tanh(linear(t, "decoder.0", z))
    m, s = linear(t, "output.0", d), linear(t, "output_logvar.0", d)
    gaussian = 0.5 * (jnp.log(2 * jnp.pi) + s + (m - filled[:, None, :2]) ** 2 * jnp.exp(-s))
    o = linear(t, "output.1", d)
    bernoulli = jax.nn.softplus(o) - filled[:, None, 2:3] * o
    # (Without counts the categories begin equally likely.)
    logits = linear(t, "output.2", d)
    category = (logsumexp(logits, -1) - jnp.take_along_axis(
        logits, jnp.broadcast_to(filled[:, None, 3:4].astype(int), (rows, samples, 1)), -1)[..., 0])[..., None]
    r = linear(t, "output.3", d)
    n = filled[:, None, 4:]
    poisson = jnp.exp(r) - n * r + gammaln(n + 1)
    each = jnp.concatenate([gaussian, bernoulli, category, poisson], -1)
    loss = jnp.where(present[:, None], each, 0.0).sum(-1)
    if patterned:
        odds = jnp.log(jnp.asarray([rates[c] / (1 - rates[c]) for c in gap_columns]))
        l = linear(t, "output_gap", d) + odds
        loss += (jax.nn.softplus(l) - (~present[:, None, gap_columns]) * l).sum(-1)
    kl = 0.5 * (mu**2 + jnp.exp(logvar) - 1 - logvar).sum(-1)
    ratio = (-0.5 * (noise**2).sum(-1) - 0.5 * logvar.sum(-1)[:, None]) + 0.5 * (z**2).sum(-1)
    return loss, kl, ratio


def elbo(t, patterned):
    loss, kl, _ = terms(t, patterned)
    return (loss.mean(1) + kl).mean()


def iwae(t, patterned):
    loss, _, ratio = terms(t, patterned)
    return -(logsumexp(-loss - ratio, 1) - jnp.log(samples)).mean()


cases = []
for name, objective in [("elbo", elbo), ("iwae", iwae)]:
    for patterned in [False, True]:
        own = {k: v for k, v in tensors.items() if patterned or not k.startswith("output_gap")}
        value, gradient = jax.value_and_grad(objective)(own, patterned)
        cases.append({
            "objective": name, "patterned": patterned, "loss": float(value),
            "gradient": {k: np.asarray(v).flatten().tolist() for k, v in gradient.items()},
        })

print(json.dumps({
    "data": [None if m else v for v, m in zip(x.flatten().tolist(), missing.flatten().tolist())],
    "rates": rates, "noise": noise.flatten().tolist(),
    "tensors": {k: np.asarray(v).flatten().tolist() for k, v in tensors.items()}, "cases": cases,
}))
