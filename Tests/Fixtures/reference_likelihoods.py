"""Reference values of -log p(x|z) and its derivatives, from mpmath, checked against SciPy.

Writes reference_likelihoods.json beside this file. Every case is a datum x with the decoder's
outputs o (doubles, exactly), and the loss and its derivatives by o, rounded to doubles. The
formulas are written here from scratch; the derivatives are mpmath's numerical ones.

  bernoulli             log(1 + e^o) - x o
  continuous-bernoulli  log(1 + e^o) - x o - log C, C = 2 artanh(1 - 2 p) / (1 - 2 p), p = 1 / (1 + e^-o)
  gaussian v            1/2 (log(2 pi v) + (x - m)^2 / v)
  laplace b             log(2 b) + |x - m| / b
  mode                  1/2 log(2 pi) + log s + (x - m)^2 / (2 s^2), s = 0.1 + r within 0.01 to 1
  poisson               e^o - x o + log x!
  negative-binomial     -log of Gamma(x + r) / (Gamma(r) x!) (r / (r + m))^r (m / (r + m))^x, with
                        m = e^o_1 and r = e^-o_2
  categorical           log(sum e^o) - sum x o
  category              log(sum e^l) - l[x], l = o + log of the shares of counts with one more of each
  mixture               -log of sum of w_j over points j that x is + sum of w_k times the components' mass within half an
                        interval of x, or, without an interval, their density; w = softmax(l); see Column

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


def mode(x, o):
    s = min(max(mpf("0.1") + o[1], mpf("0.01")), mpf(1))
    return mpmath.log(2 * mpmath.pi) / 2 + mpmath.log(s) + (x[0] - o[0]) ** 2 / (2 * s**2)


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


def category(counts):
    shares = [mpmath.log(mpf(c + 1) / (sum(counts) + len(counts))) for c in counts]
    return lambda x, o: mpmath.log(sum(mpmath.exp(a + b) for a, b in zip(o, shares))) - o[int(x[0])] - shares[int(x[0])]


class Column:
    """A column of numbers as the library's MixtureColumn has it: in the unit y = (x - mean) / deviation, component k has
    the mean means_k + deviations_k o and the log-scale log deviations_k + o within its bounds."""

    def __init__(self, mean, deviation, interval, points, weights, means, deviations):
        self.mean, self.deviation, self.interval, self.points = mean, deviation, interval, points
        self.weights, self.means, self.deviations = weights, means, deviations
        self.lower = mpmath.log(max(mpf("0.001"), mpf(interval) / mpf(deviation) / 8))
        self.upper = self.lower + mpmath.log(mpf(10) ** 5)

    @property
    def text(self):
        def numbers(values):
            return ";".join(repr(float(v)) for v in values)
        points = f"points={numbers(self.points)}," if self.points else ""
        return (
            f"mixture(components={len(self.means)},mean={self.mean},deviation={self.deviation},interval={self.interval},"
            f"{points}weights={numbers(self.weights)},means={numbers(self.means)},"
            f"deviations={numbers(self.deviations)}):1"
        )

    def components(self, o):
        """Mean and standard deviation of each, in the column's unit."""
        count, first = len(self.means), len(self.points) + len(self.means)
        for k in range(count):
            m, s = mpf(self.means[k]), mpf(self.deviations[k]) / self.deviation
            log_s = min(max(mpmath.log(s), self.lower), self.upper)
            t = min(max(log_s + o[first + count + k], self.lower), self.upper)
            yield (m - self.mean) / self.deviation + mpmath.exp(log_s) * o[first + k], mpmath.exp(t)

    def __call__(self, x, o):
        y = (x[0] - self.mean) / self.deviation
        points = len(self.points)
        here = [x[0] == p for p in self.points]
        odds = [mpf(w) / sum(mpf(v) for v in self.weights) * mpmath.exp(l) for w, l in zip(self.weights, o)]
        p = sum(w for w, is_here in zip(odds, here) if is_here)
        if self.interval > 0 or not any(here):
            for w, (m, s) in zip(odds[points:], self.components(o)):
                p += w * self.component((y - m) / s, s)
        return -mpmath.log(p / sum(odds))

    def component(self, c, s):
        if self.interval == 0:
            return mpmath.npdf(c) / s / self.deviation
        h = mpf(self.interval) / self.deviation / s / 2
        root = mpmath.sqrt(2)
        return (mpmath.erfc((abs(c) - h) / root) - mpmath.erfc((abs(c) + h) / root)) / 2


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
    if name == "mode":
        return -stats.norm.logpdf(x[0], o[0], min(max(0.1 + o[1], 0.01), 1)), 1e-12, True
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
    if name == "category":
        logits = np.array(o) + np.log(np.array(setting) + 1)
        return -scipy.special.log_softmax(logits)[int(x[0])], 1e-12 * (1 + max(map(abs, o))), True
    if name == "mixture":
        column, points = setting, len(setting.points)
        weights = scipy.special.softmax(np.array(o[:points + len(column.means)]) + np.log(column.weights))
        p = sum(w for w, point in zip(weights, column.points) if x[0] == point)
        for w, (m, s) in zip(weights[points:], column.components([mpf(v) for v in o])):
            n = stats.norm(column.mean + column.deviation * float(m), column.deviation * float(s))
            half = column.interval / 2
            if column.interval > 0:
                p += w * (n.cdf(x[0] + half) - n.cdf(x[0] - half))
            elif x[0] not in column.points:
                p += w * n.pdf(x[0])
        # Distribution functions near 1 cancel.
        return -math.log(max(p, 1e-300)), 1e-15 / max(p, 1e-300), p > 1e-9
    return None, 0, False


def mixture_columns():
    return [
        Column(0.0, 1.0, 0.0, [], [1.0], [0.0], [1.0]),
        Column(1000.0, 250.0, 0.0, [0.0, 99999.0], [0.5, 0.001, 0.1, 0.3, 0.1], [900.0, 1100.0, 2000.0], [10.0, 200.0, 900.0]),
        Column(38.6, 13.6, 1.0, [0.0], [0.05, 0.5, 0.45], [25.0, 50.0], [6.0, 10.0]),
        Column(189778.0, 105550.0, 1.0, [], [0.7, 0.3], [150000.0, 300000.0], [60000.0, 120000.0]),
        Column(0.3, 0.7, 0.5, [0.5, 1.0], [1.0, 2.0, 3.0], [0.25], [0.5]),
    ]


def mixture_cases(rng):
    for column in mixture_columns():
        points, count = len(column.points), len(column.means)
        numbers = [column.mean + d * column.deviation for d in (0.0, 0.31, -1.7, 9.0, -300.0)]
        if column.interval > 0:
            numbers = [round(v / column.interval) * column.interval for v in numbers]
        for x in numbers + column.points:
            for logits, means, scales in [(0, 0, 0), (1, 1, 1), (300, 3, 2), (1, 40, 1)]:
                o = [rng.normal() * v for v, n in ((logits, points + count), (means, count), (scales, count)) for _ in range(n)]
                yield column, float(x), o
            for scale in (-20.0, 20.0):
                yield column, float(x), [0.0] * (points + 2 * count) + [scale] * count


def case(name, density, x, o, setting=None):
    mpmath.mp.dps = COUNT_DIGITS if name in ("poisson", "negative-binomial", "mixture") else DIGITS
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
    theirs, allowed, comparable = scipy_loss(name, density if name == "mixture" else setting, x, o)
    if comparable:
        assert abs(theirs - float(loss)) <= allowed + 1e-12 * abs(float(loss)), (name, x, o, theirs, float(loss))
        case.compared += 1
    result = {"x": x, "o": o, "loss": float(loss), "derivatives": [float(d) for d in derivatives]}
    if name == "mixture":
        result["column"] = density.text
    elif name == "category":
        result["counts"] = setting
    elif setting is not None:
        result["setting"] = setting
    return result


case.compared = 0


def main():
    rng = np.random.default_rng(2019)
    other = np.random.default_rng(7)
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
        "mode": [
            case("mode", mode, [x], [m, r])
            for r in (0.0, -0.0875, -0.5, 0.25, 0.875, 2.0)
            for x, m in [(0.0, 0.5), (-0.99, 0.25), (0.75, 0.75), (0.99, -0.875), (0.125, 0.25)]
        ],
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
        "category": [],
        "mixture": [],
    }
    for size in (2, 3, 5, 17):
        for spread in (0.0, 1.0, 30.0, 700.0):
            o = rng.uniform(-spread, spread, size).tolist()
            for hot in {0, size - 1, int(np.argmax(o))}:
                x = [float(k == hot) for k in range(size)]
                cases["categorical"].append(case("categorical", categorical, x, o))
            for index in {0, size - 1, int(np.argmax(o))}:
                counts = [int(n) for n in other.integers(0, 1000, size)]
                cases["category"].append(case("category", category(counts), [float(index)], o, counts))
    cases["mixture"] = [case("mixture", column, [x], o) for column, x, o in mixture_cases(np.random.default_rng(1))]
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
