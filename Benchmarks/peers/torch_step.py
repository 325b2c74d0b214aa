"""The training step in PyTorch: eager, or with --compile through torch.compile; fused Adam. With --bf16 under autocast,
the loss in float32.

One hidden layer of tanh units on either side, Bernoulli likelihood from logits, analytic KL, L samples per datum with
the encoder run once per datum, data shuffled anew each epoch: the same work as `vae train`.
"""

import serve
import torch
from torch import nn
from torch.nn import functional

shape = serve.arguments()
torch.set_num_threads(shape.threads)
torch.manual_seed(0)
M, L, Z = shape.batch_size, shape.samples, shape.latent


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(shape.data_size, shape.hidden)
        self.mean = nn.Linear(shape.hidden, Z)
        self.logvar = nn.Linear(shape.hidden, Z)
        self.decoder = nn.Linear(Z, shape.hidden)
        self.output = nn.Linear(shape.hidden, shape.data_size)

    def forward(self, x, noise):
        h = torch.tanh(self.encoder(x))
        # Under autocast layers give bfloat16 numbers, of which no loss should be summed.
        mean, logvar = self.mean(h).float(), self.logvar(h).float()
        z = (mean[:, None] + torch.exp(0.5 * logvar)[:, None] * noise).reshape(M * L, Z)
        logits = self.output(torch.tanh(self.decoder(z))).float()
        target = x if L == 1 else x[:, None].expand(M, L, -1).reshape(M * L, -1)
        reconstruction = functional.binary_cross_entropy_with_logits(logits, target, reduction="sum") / (M * L)
        kl = 0.5 * torch.sum(mean**2 + torch.exp(logvar) - 1 - logvar) / M
        return reconstruction + kl


model = VAE()
forward = torch.compile(model) if shape.compile else model
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
data = torch.from_numpy(serve.data(shape))


def run():
    for batch in torch.randperm(data.shape[0]).reshape(-1, M):
        noise = torch.randn(M, L, Z)
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=shape.bf16):
            loss = forward(data[batch], noise)
        loss.backward()
        optimizer.step()


serve.serve(shape, run)
