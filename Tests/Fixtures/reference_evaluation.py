"""Reference values for evaluation, from scikit-learn and SciPy in float64.

Writes reference_evaluation.json beside this file:

  roc    scores, their classes, and sklearn.metrics.roc_auc_score: with and without ties
  ppca   data [N, D], q, other data, and of probabilistic PCA (Tipping & Bishop, 1999) fitted to the first:
         the falling eigenvalues of the covariance (divided by N), sigma^2, and
         scipy.stats.multivariate_normal.logpdf of the others at the covariance W W^T + sigma^2 I.
         W is found by Tipping & Bishop's EM algorithm, not from the eigenvectors.

Data are rounded to float32, so that a single-precision set holds them exactly. To regenerate:

  python3 -m venv venv
  venv/bin/pip install numpy scipy scikit-learn
  venv/bin/python reference_evaluation.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.stats import multivariate_normal
from sklearn.metrics import roc_auc_score

SEED = 20240607


def roc_case(name, scores, classes):
    return {
        "name": name,
        "scores": [float(s) for s in scores],
        "classes": [bool(c) for c in classes],
        "area": float(roc_auc_score(classes, scores)),
    }


def roc_cases(rng):
    classes = rng.random(60) < 0.3
    scores = rng.normal(size=60) + classes
    yield roc_case("no ties", scores, classes)
    yield roc_case("ties in both classes", np.round(scores), classes)
    yield roc_case("two values", scores > 0.5, classes)
    yield roc_case("all tied", np.ones(60), classes)
    yield roc_case("perfect", classes.astype(float), classes)
    yield roc_case("reversed", -classes.astype(float), classes)
    yield roc_case("one positive", np.round(scores, 1), np.arange(60) == 17)
    yield roc_case("huge scores", np.where(scores > 1, 1e300, scores), classes)


def em(x, q, rng):
    """Maximum-likelihood W and sigma^2 by EM, run until neither moves any more."""
    n, d = x.shape
    centred = x - x.mean(axis=0)
    s = centred.T @ centred / n
    w, variance = rng.normal(size=(d, q)), 1.0
    for _ in range(200_000):
        m_inverse = np.linalg.inv(w.T @ w + variance * np.eye(q))
        sw = s @ w
        new = sw @ np.linalg.inv(variance * np.eye(q) + m_inverse @ w.T @ sw)
        new_variance = np.trace(s - sw @ m_inverse @ new.T) / d
        moved = max(np.abs(new - w).max(), abs(new_variance - variance))
        w, variance = new, new_variance
        if moved < 1e-15:
            break
    return w, variance, s


def ppca_case(name, rng, n, d, q, scale):
    def draw(count):
        return np.float32(rng.normal(size=(count, d)) * scale @ mixing + 3).astype(np.float64)

    mixing = rng.normal(size=(d, d))
    x, other = draw(n), draw(7)
    w, variance, s = em(x, q, rng)
    density = multivariate_normal(x.mean(axis=0), w @ w.T + variance * np.eye(d))
    spectrum = np.linalg.eigvalsh(s)[::-1]
    assert abs(variance / spectrum[q:].mean() - 1) < 1e-10
    return {
        "name": name,
        "data_size": d,
        "latent_size": q,
        "data": x.ravel().tolist(),
        "other": other.ravel().tolist(),
        "spectrum": spectrum.tolist(),
        "noise_variance": float(variance),
        "log_likelihoods": density.logpdf(other).tolist(),
    }


def main():
    rng = np.random.default_rng(SEED)
    fixture = {
        "description": "Areas under ROC curves and probabilistic PCA, written by reference_evaluation.py.",
        "generator": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
        "roc": list(roc_cases(rng)),
        "ppca": [
            ppca_case("six dimensions, two latent", rng, 40, 6, 2, np.array([3, 2, 1, 0.5, 0.3, 0.1])),
            ppca_case("one latent dimension", rng, 25, 4, 1, np.array([2, 1, 0.5, 0.25])),
            ppca_case("all but one latent dimension", rng, 30, 3, 2, np.array([2, 1, 0.3])),
            ppca_case("more dimensions than data", rng, 8, 12, 3, np.linspace(3, 0.2, 12)),
        ],
    }
    text = json.dumps(fixture, separators=(",", ":"), allow_nan=False)
    Path(__file__).with_suffix(".json").write_text(text + "\n")


if __name__ == "__main__":
    main()
