"""scikit-learn on the same columns and the same split as `counterflow predict`: logistic regression and boosted trees.
inspections.py linear|trees with|without FILE. The last line is JSON: seconds of learning and scoring, and how it did."""
import json, sys, time
import numpy as np, pandas as pd, sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

method, inspector, file = sys.argv[1:]
rows = pd.read_csv(file).sort_values("Inspection_Date", kind="stable")
known_after = ["criticalCount", "seriousCount", "minorCount", "pass_flag", "fail_flag"]
names = ["Inspection_Date", "License", "Inspection_ID", "Business_ID", "criticalFound"]
columns = rows.drop(columns=known_after + names + ([] if inspector == "with" else ["Inspector_Assigned"]))
values, came = pd.get_dummies(columns).astype(float).values, rows.criticalFound.values
later = (rows.Inspection_Date >= "2014-01-01").values
began = time.perf_counter()
if method == "linear":
    chosen = LogisticRegressionCV(Cs=np.logspace(-4, 1, 6), cv=TimeSeriesSplit(3), scoring="neg_log_loss", max_iter=2000)
    model = make_pipeline(StandardScaler(), chosen)
else:
    model = HistGradientBoostingClassifier(learning_rate=0.05, max_leaf_nodes=8, early_stopping=True, random_state=1)
said = model.fit(values[~later], came[~later]).predict_proba(values[later])[:, 1]
seconds = time.perf_counter() - began
days = pd.to_datetime(rows.Inspection_Date[later]).values.astype("datetime64[D]").astype(float)
instead = np.empty(len(days))
instead[np.argsort(-said, kind="stable")] = np.sort(days)
print(json.dumps({
    "wall_s": seconds, "area": roc_auc_score(came[later], said), "brier": brier_score_loss(came[later], said),
    "earlier": float((days - instead)[came[later] == 1].mean()), "version": sklearn.__version__}))
