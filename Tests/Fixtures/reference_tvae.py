"""The loss and the gradient of TVAE as its authors' program has them (ctgan 0.12.1, PyTorch, double precision), for TVAETests.swift:

    pip install ctgan==0.12.1 && python reference_tvae.py > reference_tvae.json

Two columns of numbers of 3 and 2 modes, two of 4 and 2 categories. The names are the library's.
"""

import json
from collections import namedtuple

import torch
from ctgan.data_transformer import SpanInfo
from ctgan.synthesizers.tvae import Decoder, Encoder, _loss_function

torch.manual_seed(3)
torch.set_default_dtype(torch.float64)

rows, latent_size, factor = 7, 3, 2
columns = [("mode", 3), ("mode", 2), ("category", 4), ("category", 2)]

spans, data, one_hot = [], [], []
for kind, size in columns:
    if kind == "mode":
        place = torch.rand(rows, 1) * 1.98 - 0.99
        spans.append([SpanInfo(1, "tanh"), SpanInfo(size, "softmax")])
        data.append(place)
        one_hot.append(place)
    else:
        spans.append([SpanInfo(size, "softmax")])
    index = torch.randint(size, (rows,))
    data.append(index[:, None].double())
    one_hot.append(torch.nn.functional.one_hot(index, size).double())
x = torch.cat(one_hot, 1)

encoder = Encoder(x.shape[1], (6, 5), latent_size)
decoder = Decoder(latent_size, (5, 6), x.shape[1])
for parameter in list(encoder.parameters()) + list(decoder.parameters()):
    parameter.data = torch.randn_like(parameter) * 0.5
decoder.sigma.data = 0.05 + 0.5 * torch.rand(x.shape[1])

noise = torch.randn(rows, latent_size)
mu, std, logvar = encoder(x)
reconstruction, sigmas = decoder(noise * std + mu)
losses = _loss_function(reconstruction, x, sigmas, mu, logvar, spans, factor)
loss = losses[0] + losses[1]
loss.backward()

tensors = {}


def add(name, parameter, rows=None):
    value, gradient = parameter.data, parameter.grad
    if rows is not None:
        value, gradient = value[rows], gradient[rows]
    if "deviation" in name:
        value = value - 0.1
    tensors[name] = {"values": value.flatten().tolist(), "gradient": gradient.flatten().tolist()}


def add_layer(name, layer, rows=None):
    add(name + ".weight", layer.weight, rows)
    add(name + ".bias", layer.bias, rows)


for index in range(2):
    add_layer(f"encoder.{index}", encoder.seq[2 * index])
    add_layer(f"decoder.{index}", decoder.seq[2 * index])
add_layer("mean", encoder.fc1)
add_layer("logvar", encoder.fc2)
first = 0
for index, span in enumerate(span for column in spans for span in column):
    rows_of_span = slice(first, first + span.dim)
    add_layer(f"output.{index}", decoder.seq[-1], rows_of_span)
    if span.activation_fn == "tanh":
        add(f"output_deviation.{index}.bias", decoder.sigma, rows_of_span)
    first += span.dim

print(
    json.dumps(
        {
            "sizes": [size for _, size in columns],
            "modes": [kind == "mode" for kind, _ in columns],
            "data": torch.cat(data, 1).flatten().tolist(),
            "noise": noise.flatten().tolist(),
            "tensors": tensors,
            "loss": loss.item(),
        },
        indent=1,
    )
)
