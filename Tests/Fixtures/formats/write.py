"""Files of data by NumPy and safetensors, which the tests read.

Writes beside this file, from one array of numbers that all types hold exactly:

  vectors-*.npy    [5, 3] in every type and byte order, and in every version of the format
  images-u1.npy    [4, 2, 3] bytes
  fortran.npy, objects.npy, integers.npy, vector.npy, fields.npy   what is refused
  stored.npz, deflated.npz    the arrays `x` (float64, [5, 3]) and `images` (bytes, [4, 2, 3])
  single.npz       the array `x` alone, deflated
  tensors.safetensors         the tensors `x` (F32), `half` (F16), `double` (F64), `bytes` (U8, [4, 2, 3])

To regenerate:

  python3 -m venv venv
  venv/bin/pip install numpy safetensors
  venv/bin/python write.py
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

FOLDER = Path(__file__).parent

# Each has few bits and a small exponent: exact in half precision.
x = np.array([[0.5, -1.25, 3], [0, 100, -0.0625], [7, 8, 9], [-2048, 0.125, 1], [5, 6, -7.5]])
images = (np.arange(24).reshape(4, 2, 3) * 37 % 256).astype(np.uint8)


def main():
    for kind in ["f2", "f4", "f8"]:
        for order, name in [("<", "little"), (">", "big")]:
            np.save(FOLDER / f"vectors-{kind}-{name}.npy", x.astype(order + kind))
    np.save(FOLDER / "vectors-b1.npy", x > 0)
    for version in [(1, 0), (2, 0), (3, 0)]:
        with open(FOLDER / f"vectors-version{version[0]}.npy", "wb") as file:
            np.lib.format.write_array(file, x.astype("<f4"), version=version)
    np.save(FOLDER / "images-u1.npy", images)

    np.save(FOLDER / "fortran.npy", np.asfortranarray(x))
    np.save(FOLDER / "objects.npy", np.array([[1, "a"]], dtype=object), allow_pickle=True)
    np.save(FOLDER / "integers.npy", x.astype("<i4"))
    np.save(FOLDER / "vector.npy", x[:, 0])
    np.save(FOLDER / "fields.npy", np.zeros((2, 2), dtype=[("a", "<f4"), ("b", "<f8")]))

    np.savez(FOLDER / "stored.npz", x=x, images=images)
    np.savez_compressed(FOLDER / "deflated.npz", x=x, images=images)
    np.savez_compressed(FOLDER / "single.npz", x=x)

    save_file(
        {
            "x": x.astype(np.float32),
            "half": x.astype(np.float16),
            "double": x,
            "bytes": images,
        },
        FOLDER / "tensors.safetensors",
    )


if __name__ == "__main__":
    main()
