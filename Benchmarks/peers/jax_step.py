"""The training step in JAX: jit, a whole epoch in one scan, parameters and optimizer state donated. With --bf16 the
operands of all products, also of the gradient's, are rounded to bfloat16, and the sums are in float32.

One hidden layer of tanh units on either side, Bernoulli likelihood from logits, analytic KL, L samples per datum with
the encoder run once per datum, Adam, data shuffled anew each epoch: the same work as `vae train`.
"""

import os

import serve

shape = serve.arguments()
os.environ.setdefault(
    "XLA_FLAGS", f"--xla_cpu_multi_thread_eigen=true intra_op_parallelism_threads={shape.threads}")

import jax
import jax.numpy as jnp

M, L, Z = shape.batch_size, shape.samples, shape.latent


def dense(key, inputs, outputs):
    bound = (6 / (inputs + outputs)) ** 0.5
    return {"weight": jax.random.uniform(key, (outputs, inputs), minval=-bound, maxval=bound),
            "bias": jnp.zeros(outputs)}


def initial(key):
    keys = jax.random.split(key, 5)
    return {"encoder": dense(keys[0], shape.data_size, shape.hidden),
            "mean": dense(keys[1], shape.hidden, Z),
            "logvar": dense(keys[2], shape.hidden, Z),
            "decoder": dense(keys[3], Z, shape.hidden),
            "output": dense(keys[4], shape.hidden, shape.data_size)}


def rounded_product(a, b):
    a, b = a.astype(jnp.bfloat16), b.astype(jnp.bfloat16)
    return jnp.matmul(a, b, preferred_element_type=jnp.float32), (a, b)


def rounded_product_gradients(operands, delta):
    a, b = operands
    return rounded_product(delta, b.T)[0], rounded_product(a.T, delta)[0]


product = jnp.matmul
if shape.bf16:
    # By itself, JAX would multiply the gradient's float32 numbers by the rounded ones, all in float32.
    product = jax.custom_vjp(lambda a, b: rounded_product(a, b)[0])
    product.defvjp(rounded_product, rounded_product_gradients)


def apply(layer, x):
    return product(x, layer["weight"].T) + layer["bias"]


def loss(parameters, x, noise):
    h = jnp.tanh(apply(parameters["encoder"], x))
    mean, logvar = apply(parameters["mean"], h), apply(parameters["logvar"], h)
    z = (mean[:, None] + jnp.exp(0.5 * logvar)[:, None] * noise).reshape(M * L, Z)
    logits = apply(parameters["output"], jnp.tanh(apply(parameters["decoder"], z))).reshape(M, L, -1)
    reconstruction = jnp.sum(jax.nn.softplus(logits) - x[:, None] * logits) / (M * L)
    kl = 0.5 * jnp.sum(mean**2 + jnp.exp(logvar) - 1 - logvar) / M
    return reconstruction + kl


def adam(parameters, gradients, m, v, step, rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, m, gradients)
    v = jax.tree.map(lambda v, g: beta2 * v + (1 - beta2) * g * g, v, gradients)
    corrected = rate * jnp.sqrt(1 - beta2**step) / (1 - beta1**step)
    epsilon = epsilon * jnp.sqrt(1 - beta2**step)
    parameters = jax.tree.map(lambda w, m, v: w - corrected * m / (jnp.sqrt(v) + epsilon), parameters, m, v)
    return parameters, m, v


def epoch(state, data, key):
    order_key, noise_key = jax.random.split(key)
    batches = jax.random.permutation(order_key, data.shape[0]).reshape(-1, M)

    def one_step(state, inputs):
        (parameters, m, v, step), (batch, key) = state, inputs
        noise = jax.random.normal(key, (M, L, Z))
        value, gradients = jax.value_and_grad(loss)(parameters, data[batch], noise)
        step = step + 1
        return (*adam(parameters, gradients, m, v, step), step), value

    state, losses = jax.lax.scan(one_step, state, (batches, jax.random.split(noise_key, batches.shape[0])))
    return state, losses.mean()


data = jnp.asarray(serve.data(shape))
parameters = initial(jax.random.key(0))
zeros = jax.tree.map(jnp.zeros_like, parameters)
state = (parameters, zeros, jax.tree.map(jnp.zeros_like, parameters), jnp.zeros(()))
compiled = jax.jit(epoch, donate_argnums=0)
key = jax.random.key(1)


def run():
    global state, key
    key, own = jax.random.split(key)
    state, mean = compiled(state, data, own)
    mean.block_until_ready()


serve.serve(shape, run)
