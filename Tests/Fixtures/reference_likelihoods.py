"""Reference values of -log p(x|z) and its derivatives, from mpmath, checked against SciPy.

Writes reference_likelihoods.json beside this file. Every case is a datum x with the decoder's
outputs o (doubles, exactly), and the loss and its derivatives by o, rounded to doubles. The
formulas are written here from scratch; the derivatives are mpmath's numerical ones.

  bernoulli             log(1 + e^o) - x o
  continuous-bernoulli  log(1 + e^o) - x o - log C, C = 2 artanh(1 - 2 p) / (1 - 2 p), p = 1 / (1 + e^-o)
  gaussian v            1/2 (log(2 pi v) + (x - m)^2 / v)
  laplace b             log(2 b) + |x - m| / b
  poisson               e^o - x o + log x!
  negative-binomial     -log of Gamma(x + r) / (Gamma(r) x!) (r / (r + m))^r (m / (r + m))^x, with
                        m = e^o_1 and r = e^-o_2
  categorical           log(sum e^o) - sum x o

To regenerate:

  python3 -m venv venv
  venv/bin/pip install mpmath numpy scipy
  venv/bin/python reference_likelihoods.py
"""

import json
import math
from pathlib import Path

import mpmath
import numpy as np
import scipy
import scipy.stats

# At logits of 700, 1 + e^-o needs 305 digits, and 1 - 2 p at 1e-300 as many.
DIGITS = 800
COUNT_DIGITS = 60
mpf = mpmath.mpf


def bernoulli(x, o):
    return mpmath.log1p(mpmath.exp(o[0])) - x[0] * o[0]


def continuous_bernoulli(x, o):
    p = 1 / (1 + mpmath.exp(-o[0]))
    c = mpf(2) if o[0] == 0 else 2 * mpmath.atanh(1 - 2 * p) / (1 - 2 * p)
    return bernoulli(x, o) - mpmath.log(c)


def gaussian(variance):
    if variance is not None:
        return lambda x, o: (mpmath.log(2 * mpmath.pi * variance) + (x[0] - o[0]) ** 2 / variance) / 2
    return lambda x, o: (mpmath.log(2 * mpmath.pi) + o[1] + (x[0] - o[0]) ** 2 * mpmath.exp(-o[1])) / 2


def laplace(scale):
    if scale is not None:
        return lambda x, o: mpmath.log(2 * scale) + abs(x[0] - o[0]) / scale
    return lambda x, o: mpmath.log(2) + o[1] + abs(x[0] - o[0]) * mpmath.exp(-o[1])


def poisson(x, o):
    return mpmath.exp(o[0]) - x[0] * o[0] + mpmath.loggamma(x[0] + 1)


def negative_binomial(x, o):
    m, r = mpmath.exp(o[0]), mpmath.exp(-o[1])
    choose = mpmath.loggamma(x[0] + r) - mpmath.loggamma(r) - mpmath.loggamma(x[0] + 1)
    return -(choose + r * mpmath.log(r / (r + m)) + x[0] * mpmath.log(m / (r + m)))


def categorical(x, o):
    return mpmath.log(sum(mpmath.exp(v) for v in o)) - sum(a * b for a, b in zip(x, o))


LOGITS = [0.0, 1e-300, 1e-12, 1e-6, 1e-3, 0.1, 0.49999, 0.5, 0.50001, 1.0, 3.0, 17.0, 40.0, 100.0, 700.0]
SIGNED_LOGITS = sorted({s * o for o in LOGITS for s in (-1, 1)})
COUNTS = [0, 1, 2, 3, 7, 8, 30, 170, 1000, 31_623, 1_000_000]
MEANS = [1e-8, 1e-4, 0.1, 1.0, 2.5, 30.0, 1e3, 1e6, 1e8]
DISPERSIONS = [1e-8, 1e-6, 1e-3, 0.1, 1.0, 10.0, 1e4, 1e8]


def scipy_loss(name, setting, x, o):
    """What SciPy has for a case, with how far off it may be: it cancels terms of that size."""
    stats = scipy.stats
    if name == "bernoulli" and x[0] in (0, 1):
        # 1 - p keeps few digits near 1.
        return -stats.bernoulli.logpmf(x[0], scipy.special.expit(o[0])), 1e-15 * math.exp(abs(o[0])), abs(o[0]) < 30
    if name == "gaussian":
        s = setting if setting is not None else math.exp(o[1])
        return -stats.norm.logpdf(x[0], o[0], math.sqrt(s)), 1e-12, True
    if name == "laplace":
        b = setting if setting is not None else math.exp(o[1])
        # The logarithm of the density, which is 0 far out.
        return -stats.laplace.logpdf(x[0], o[0], b), 1e-12, abs(x[0] - o[0]) / b < 700
    if name == "poisson":
        m = math.exp(o[0])
        return -stats.poisson.logpmf(x[0], m), 1e-13 * (m + x[0] * (1 + abs(o[0]) + math.log1p(x[0]))), True
    if name == "negative-binomial":
        r, m = math.exp(-o[1]), math.exp(o[0])
        size = (x[0] + r) * (2 + abs(math.log(r)) + math.log1p(x[0] + r) + abs(o[0]))
        return -stats.nbinom.logpmf(x[0], r, r / (r + m)), 1e-12 * (1 + size), m / (r + m) > 1e-3
    if name == "categorical":
        return -scipy.special.log_softmax(o)[int(np.argmax(x))], 1e-12 * (1 + max(map(abs, o))), True
    return None, 0, False


def case(name, density, x, o, setting=None):
    mpmath.mp.dps = COUNT_DIGITS if name in ("poisson", "negative-binomial") else DIGITS
    exact_x, exact_o = [mpf(v) for v in x], [mpf(v) for v in o]
    loss = density(exact_x, exact_o)

    def along(index):
        def moved(value):
            return density(exact_x, exact_o[:index] + [value] + exact_o[index + 1:])
        return moved

    derivatives = []
    for index in range(len(o)):
        if name == "laplace" and index == 0:
            d, b = o[0] - x[0], setting if setting is not None else mpmath.exp(exact_o[1])
            derivatives.append(mpmath.sign(d) / b)
        else:
            derivatives.append(mpmath.diff(along(index), exact_o[index]))
    theirs, allowed, comparable = scipy_loss(name, setting, x, o)
    if comparable:
        assert abs(theirs - float(loss)) <= allowed + 1e-12 * abs(float(loss)), (name, x, o, theirs, float(loss))
        case.compared += 1
    result = {"x": x, "o": o, "loss": float(loss), "derivatives": [float(d) for d in derivatives]}
    if setting is not None:
        result["setting"] = setting
    return result


case.compared = 0


def main():
    rng = np.random.default_rng(2019)
    unit = [0.0, 0.25, 0.5, 0.99, 1.0]
    logs = [0.0, -9.9, -3.0, 2.0, 9.9]
    points = [(0.0, 0.5), (1.0, -2.0), (-3.0, -3.25), (1e3, 0.125), (0.1, 0.1)]
    cases = {
        "bernoulli": [case("bernoulli", bernoulli, [x], [o]) for o in SIGNED_LOGITS for x in unit],
        "continuous-bernoulli": [
            case("continuous-bernoulli", continuous_bernoulli, [x], [o]) for o in SIGNED_LOGITS for x in unit
        ],
        "gaussian": [
            case("gaussian", gaussian(mpf(v)), [x], [m], v)
            for v in (1e-10, 1e-5, 0.3, 1.0, 7.0, 1e5, 1e10) for x, m in points
        ] + [case("gaussian", gaussian(None), [x], [m, s]) for s in logs for x, m in points],
        "laplace": [
            case("laplace", laplace(mpf(b)), [x], [m], b)
            for b in (1e-10, 1e-5, 0.3, 1.0, 7.0, 1e5, 1e10) for x, m in points
        ] + [case("laplace", laplace(None), [x], [m, t]) for t in (0.0, -4.9, 2.0, 9.9) for x, m in points],
        "poisson": [
            case("poisson", poisson, [float(x)], [o])
            for x in COUNTS
            for o in [math.log(m) for m in MEANS] + ([math.log(x), math.log(x) + 1e-3] if x else [-700.0])
        ],
        "negative-binomial": [
            case("negative-binomial", negative_binomial, [float(x)], [o, math.log(a)])
            for x in COUNTS for a in DISPERSIONS
            for o in [math.log(m) for m in MEANS] + ([math.log(x) + 1e-3] if x else [])
        ],
        "categorical": [],
    }
    for size in (2, 3, 5, 17):
        for spread in (0.0, 1.0, 30.0, 700.0):
            o = rng.uniform(-spread, spread, size).tolist()
            for hot in {0, size - 1, int(np.argmax(o))}:
                x = [float(k == hot) for k in range(size)]
                cases["categorical"].append(case("categorical", categorical, x, o))
    lines = [
        f'{{"likelihood":"{name}","cases":[\n' + ",\n".join(json.dumps(c, separators=(",", ":")) for c in some) + "\n]}"
        for name, some in cases.items()
    ]
    generator = {"mpmath": mpmath.__version__, "numpy": np.__version__, "scipy": scipy.__version__}
    text = f'{{"generator":{json.dumps(generator)},"likelihoods":[\n' + ",\n".join(lines) + "\n]}\n"
    Path(__file__).with_suffix(".json").write_text(text)
    print({name: len(some) for name, some in cases.items()}, case.compared, "compared with SciPy", len(text), "bytes")


if __name__ == "__main__":
    main()
