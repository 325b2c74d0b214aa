"""What the peers share: their arguments, the data, and answering requests for measurements.

A peer is a program that builds a training step of a given shape, then answers each line of its standard input with
the seconds per step of one epoch. So several of them, and vae-bench, can be measured in turn.
"""

import argparse
import sys
import time

import numpy as np


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch-size", type=int, default=100)
    parser.add_argument("--samples", type=int, default=1)
    parser.add_argument("--data-size", type=int, default=784)
    parser.add_argument("--hidden", type=int, default=500)
    parser.add_argument("--latent", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=50, help="steps per epoch")
    parser.add_argument("--compile", action="store_true", help="torch.compile (PyTorch only)")
    parser.add_argument("--bf16", action="store_true", help="products of bfloat16 numbers, all else in float32")
    return parser.parse_args()


def data(shape):
    """Bytes without structure, as floats in [0, 1]: [steps * M, D]."""
    size = (shape.steps * shape.batch_size, shape.data_size)
    return np.random.default_rng(1).integers(0, 256, size, dtype=np.uint8).astype(np.float32) / 255


def serve(shape, epoch):
    """Answers each line of input with the seconds per step of one call of `epoch`, after two to warm up."""
    epoch()
    epoch()
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        epoch()
        print((time.perf_counter() - start) / shape.steps, flush=True)
