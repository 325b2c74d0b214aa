"""Reference values of the comparison of synthetic tables with real ones, from SDMetrics and scikit-learn.

Writes reference_comparison.json beside this file: two cases, each with its tables (training rows, held-out rows, synthetic
rows) and what the packages make of them. A table is a list of columns: a name with "numbers" (null where missing), or with
"levels" and "indices" (-1 where missing).

  random  made here by a seed: correlated, whole, constant and missing numbers, texts with missing ones and with levels that
          only one table has, a column that is all missing in the synthetic rows
  adult   the first 2600 rows of the census income table (B. Becker and R. Kohavi, UCI Machine Learning Repository,
          1996, doi:10.24432/C5XW20, CC BY 4.0): 2000 to train, 600 held out, and 1500 of the first, shuffled and perturbed

  columns     KSComplement and TVComplement of each column; null where SDMetrics has none
  pairs       of each pair CorrelationSimilarity with both correlations, or ContingencySimilarity with Cramér's V of the
              real rows, numbers cut at the real column's ten bins (the metric's own continuous_column_names)
  report      QualityReport's two properties, and its scores by pair, with its thresholds and without; it cuts the numbers
              of each table at that table's own bins
  new_rows    NewRowSynthesis
  closest     the distance of the first synthetic rows to the closest training row (DCROverfittingProtection's)
  classifier  LogisticRegression(C=1) on one-hot texts and standardised numbers, one class against the rest, fitted to the
              training rows and to the synthetic rows, and its scores of the held-out rows

To regenerate, with the census table as a CSV file (or .csv.gz) that has a header:

  python3 -m venv venv
  venv/bin/pip install sdmetrics==0.32.0 scikit-learn pandas numpy
  venv/bin/python reference_comparison.py adult.csv.gz
"""

import itertools
import json
import math
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sdmetrics.column_pairs import ContingencySimilarity, CorrelationSimilarity
from sdmetrics.reports.single_table import QualityReport
from sdmetrics.single_column import KSComplement, TVComplement
from sdmetrics.single_table import NewRowSynthesis
from sdmetrics.single_table.privacy.dcr_utils import calculate_dcr
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")

CLOSEST = 150


def random_case():
    r = np.random.default_rng(20)

    def table(rows, shift, towns, missing):
        height = r.normal(170 + shift, 9, rows)
        weight = 0.9 * (height - 100) + r.normal(0, 5, rows)
        visits = r.poisson(1.3 + shift / 10, rows).astype(float)
        answer = np.where(height + r.normal(0, 6, rows) > 172, "yes", "no").astype(object)
        kind = np.array(["first", "second", "third"], dtype=object)[
            np.clip(((weight - 55) / 12 + r.normal(0, 0.7, rows)).astype(int), 0, 2)
        ]
        town = r.choice(np.array(towns, dtype=object), rows, p=np.arange(len(towns), 0, -1) / sum(range(len(towns) + 1)))
        colour = np.where(kind == "first", "red", r.choice(["green", "blue"], rows)).astype(object)
        result = pd.DataFrame({
            "height": height.round(1), "kind": kind, "weight": weight, "visits": visits, "colour": colour,
            "one": np.full(rows, 7.0), "town": town, "income": np.exp(r.normal(8, 1, rows)).round(2), "answer": answer,
            "late": r.uniform(0, 1, rows),
        })
        for name, share in missing.items():
            result.loc[r.uniform(size=rows) < share, name] = np.nan if result[name].dtype == float else None
        return result

    names = [f"town {i}" for i in range(14)]
    gaps = {"weight": 0.1, "visits": 0.2, "colour": 0.15, "town": 0.02}
    real = table(300, 0, names[:11], gaps)
    held_out = table(120, 0, names[:12], gaps)
    synthetic = table(260, 2, names[2:], {"weight": 0.2, "height": 0.05, "colour": 0.05, "late": 1})
    # Copies, near copies, and rows that differ in nothing but a gap.
    synthetic.iloc[:40] = real.iloc[:40].values
    synthetic.iloc[10:20, 0] = synthetic.iloc[10:20, 0].astype(float) * 1.009
    synthetic.iloc[20:30, 2] = np.nan
    synthetic = synthetic.infer_objects()
    return real, held_out, synthetic, "kind"


def adult_case(path):
    table = pd.read_csv(path, skipinitialspace=True, na_values="?", nrows=2600)
    for name in table.columns[table.dtypes == "int64"]:
        table[name] = table[name].astype(float)
    r = np.random.default_rng(21)
    real, held_out = table.iloc[:2000].reset_index(drop=True), table.iloc[2000:].reset_index(drop=True)
    synthetic = real.iloc[r.permutation(2000)[:1500]].reset_index(drop=True)
    copies = r.uniform(size=1500) < 0.2
    for name in table.columns:
        other = real[name].to_numpy()[r.integers(0, 2000, 1500)]
        moved = (r.uniform(size=1500) < 0.12) & ~copies
        synthetic[name] = np.where(moved, other, synthetic[name].to_numpy())
    synthetic = synthetic.infer_objects()
    noise = np.where(copies, 1, np.exp(r.normal(0, 0.03, 1500)))
    synthetic["fnlwgt"] = (synthetic["fnlwgt"] * noise).round()
    synthetic["age"] = (synthetic["age"] * np.where(copies, 1, np.exp(r.normal(0.02, 0.1, 1500)))).round()
    return real, held_out, synthetic, "income"


def is_number(table, name):
    return table[name].dtype.kind == "f"


def columns_of(table):
    columns = []
    for name in table.columns:
        if is_number(table, name):
            columns.append({"name": name, "numbers": [optional(v, whole=True) for v in table[name]]})
        else:
            levels = sorted(table[name].dropna().unique())
            places = {level: index for index, level in enumerate(levels)}
            columns.append({"name": name, "levels": levels, "indices": [places.get(v, -1) for v in table[name]]})
    return columns


def optional(value, whole=False):
    if value is None or not math.isfinite(value):
        return None
    return int(value) if whole and value == int(value) else float(value)


def pair(real, synthetic, a, b):
    numbers = [name for name in (a, b) if is_number(real, name)]
    if len(numbers) == 2:
        try:
            result = CorrelationSimilarity.compute_breakdown(real[[a, b]], synthetic[[a, b]])
        except Exception:
            result = {"score": None, "real": None, "synthetic": None}
        return {"columns": [a, b], "similarity": optional(result["score"]), "real": optional(result["real"]),
                "synthetic": optional(result["synthetic"])}

    def breakdown(threshold):
        return ContingencySimilarity.compute_breakdown(
            real[[a, b]].copy(), synthetic[[a, b]].copy(), continuous_column_names=numbers or None,
            real_association_threshold=threshold)

    # Any threshold makes SDMetrics compute the association, which it then returns.
    return {"columns": [a, b], "similarity": optional(breakdown(0)["score"]),
            "real": optional(breakdown(1e-300)["real_association"])}


def report(real, synthetic, thresholds):
    report = QualityReport()
    if not thresholds:
        report.real_correlation_threshold = report.real_association_threshold = 0
    metadata = {"columns": {n: {"sdtype": "numerical" if is_number(real, n) else "categorical"} for n in real.columns}}
    report.generate(real, synthetic, metadata, verbose=False)
    scores = report.get_properties().set_index("Property")["Score"]
    details = report.get_details("Column Pair Trends")
    return {"column_shapes": scores["Column Shapes"], "pair_trends": scores["Column Pair Trends"],
            "pairs": [optional(v) for v in details["Score"]]}


def classifier(train, real, held_out, target):
    texts = [n for n in real.columns if n != target and not is_number(real, n)]
    numbers = [n for n in real.columns if n != target and is_number(real, n)]
    levels = [sorted(real[n].dropna().unique()) for n in texts]
    encoder = OneHotEncoder(categories=levels, handle_unknown="ignore", sparse_output=False).fit(real[texts].fillna("\0"))
    scaler = StandardScaler().fit(real[numbers])

    def features(table):
        # Gaps: the mean of a number, no level of a text.
        scaled = np.nan_to_num(scaler.transform(table[numbers]), nan=0.0)
        return np.hstack([scaled, encoder.transform(table[texts].fillna("\0"))])

    names = numbers + [f"{n}={level}" for n, some in zip(texts, levels) for level in some]
    classes = sorted(real[target].unique())
    counts = real[target].value_counts()
    rare = min(classes, key=lambda name: counts[name])
    x, scores, models = features(held_out), [], []
    for name in classes if len(classes) > 2 else [rare]:
        model = LogisticRegression(C=1, solver="newton-cholesky", tol=1e-13, max_iter=500)
        model.fit(features(train), train[target] == name)
        scores.append(model.decision_function(x))
        models.append({"class": name, "intercept": model.intercept_[0], "coefficients": dict(zip(names, model.coef_[0]))})
    truth = held_out[target].to_numpy()
    if len(classes) > 2:
        predicted = np.array(classes)[np.argmax(scores, axis=0)]
        area = np.mean([roc_auc_score(truth == c, s) for c, s in zip(classes, scores)])
    else:
        other = next(c for c in classes if c != rare)
        predicted = np.where(scores[0] > 0, rare, other)
        area = roc_auc_score(truth == rare, scores[0])
    return {"models": models, "area": area, "rare": rare, "f1": f1_score(truth == rare, predicted == rare),
            "macro_f1": f1_score(truth, predicted, average="macro")}


def shape(real, synthetic, name):
    try:
        metric = KSComplement if is_number(real, name) else TVComplement
        return optional(metric.compute(real[name], synthetic[name]))
    except Exception:
        return None


def case(real, held_out, synthetic, target):
    metadata = {"columns": {n: {"sdtype": "numerical" if is_number(real, n) else "categorical"} for n in real.columns}}
    return {
        "training": columns_of(real),
        "held_out": columns_of(held_out),
        "synthetic": columns_of(synthetic),
        "target": target,
        "columns": [shape(real, synthetic, n) for n in real.columns],
        "pairs": [pair(real, synthetic, a, b) for a, b in itertools.combinations(real.columns, 2)],
        "report": report(real, synthetic, True),
        "report_of_all": report(real, synthetic, False),
        "new_rows": NewRowSynthesis.compute(real.copy(), synthetic.copy(), metadata),
        "closest": list(calculate_dcr(synthetic.iloc[:CLOSEST], real, metadata)),
        "classifier": {
            "training": classifier(real, real, held_out, target),
            "synthetic": classifier(synthetic, real, held_out, target),
        },
    }


if __name__ == "__main__":
    cases = {"random": case(*random_case()), "adult": case(*adult_case(sys.argv[1]))}
    text = json.dumps(cases, allow_nan=False, separators=(",", ":"))
    Path(__file__).with_name("reference_comparison.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")
