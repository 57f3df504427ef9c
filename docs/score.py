"""Scores of a trained rule, with numpy alone: python3 docs/score.py rule.safetensors answers.npz > scores.csv"""
import json
import sys

import numpy as np


def read(path):
    data = open(path, "rb").read()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    about = header.pop("__metadata__")
    span = lambda entry: slice(start + entry["data_offsets"][0], start + entry["data_offsets"][1])
    return about, {
        name: np.frombuffer(data[span(entry)], "<f4").reshape(entry["shape"]).astype(float)
        for name, entry in header.items()
    }


def layer(weights, name, x):
    return x @ weights[name + ".weight"].T + weights[name + ".bias"]


def deepset(about, weights, x):
    encodings = layer(weights, "rho_out", np.maximum(layer(weights, "rho_in", x), 0))
    clients, trim = x.shape[1], int(about["trim"])
    assert clients > 2 * trim, f"{clients} clients are too few for a trim of {trim}"
    summary = np.sort(encodings, axis=1)[:, trim : clients - trim].mean(axis=1)
    return layer(weights, "mu_out", np.maximum(layer(weights, "mu_in", summary), 0))


def vote(about, weights, x):
    assert x.shape[1] == int(about["clients"]), f"made for {about['clients']} clients"
    features, scores = np.concatenate([x, np.log(x + 1e-3) / 4 + 1], axis=-1), 0
    for member in range(int(about["members"])):
        w = {name.split(".", 2)[2]: value for name, value in weights.items() if name.startswith(f"members.{member}.")}
        hidden = np.maximum(layer(w, "row_in", features) + w["embedding"] @ w["client_in"].T, 0)
        logits = layer(w, "vote_out", np.maximum(layer(w, "between", hidden), 0))
        share = np.exp(logits - logits.max(axis=-1, keepdims=True))
        votes = w["influence"][:, None] * share / share.sum(axis=-1, keepdims=True)
        scores = scores + (votes.sum(axis=1) + w["bias"]) / int(about["members"])
    return scores


def calibrated(about, weights, x):
    clients, trim = x.shape[1], int(about["trim"])
    assert clients == int(about["clients"]), f"made for {about['clients']} clients"
    logits = np.einsum("bij,ikj->bik", np.log(x + 1e-4), weights["weight"]) + weights["bias"]
    share = np.exp(logits - logits.max(axis=-1, keepdims=True))
    rows = np.sort(share / share.sum(axis=-1, keepdims=True), axis=1)
    return np.median(rows, axis=1) if int(about["median"]) else rows[:, trim : clients - trim].mean(axis=1)


about, weights = read(sys.argv[1])
rows = np.load(sys.argv[2])["probits"].astype(float)
rule = {"certified-vote": vote, "calibrated": calibrated}.get(about["kind"].split("/")[1], deepset)
np.savetxt(sys.stdout, rule(about, weights, rows), fmt="%.17g", delimiter=",")
