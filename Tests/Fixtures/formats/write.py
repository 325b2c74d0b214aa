"""Files of data by NumPy, SciPy and safetensors, which the tests read.

Writes beside this file, from one array of numbers that all types hold exactly:

  vectors-*.npy    [5, 3] in every floating-point type and byte order, as booleans, and in every version of the format
  types/*.npy      [3, 2] in every type and byte order, the least and the greatest numbers of each
  images-u1.npy    [4, 2, 3] bytes
  fortran.npy, fortran-images.npy    [5, 3] and the images, the first dimension changing fastest
  objects.npy, vector.npy, fields.npy   what is refused
  stored.npz, deflated.npz    the arrays `x` (float64, [5, 3]) and `images` (bytes, [4, 2, 3])
  single.npz       the array `x` alone, deflated
  orders.npz, orders-deflated.npz    arrays of several shapes in Fortran order
  shapes.npz       arrays of all shapes
  kinds.npz        arrays of what is no number, beside one that is
  sparse.npz       a sparse matrix of SciPy
  bzip2.npz, lzma.npz, streamed.npz, names.npz    the array `x` by other methods, to a pipe, under other names
  tensors.safetensors         the tensors `x` (F32), `half` (F16), `double` (F64), `bytes` (U8, [4, 2, 3])

To regenerate:

  python3 -m venv venv
  venv/bin/pip install numpy scipy safetensors
  venv/bin/python write.py
"""

import io
import zipfile
from pathlib import Path

import numpy as np
import scipy.sparse
from safetensors.numpy import save_file

FOLDER = Path(__file__).parent

# Each has few bits and a small exponent: exact in half precision.
x = np.array([[0.5, -1.25, 3], [0, 100, -0.0625], [7, 8, 9], [-2048, 0.125, 1], [5, 6, -7.5]])
images = (np.arange(24).reshape(4, 2, 3) * 37 % 256).astype(np.uint8)


def write_types():
    (FOLDER / "types").mkdir(exist_ok=True)
    for kind in ["b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]:
        if kind == "b1":
            limits = np.array([[False, True], [True, True], [False, False]])
        elif kind[0] == "f":
            info = np.finfo(kind)
            limits = np.array([[info.min, -1.25], [info.smallest_subnormal, 0], [0.5, info.max]])
        else:
            # Double precision holds no integers beyond.
            info = np.iinfo(kind)
            least, most = max(info.min, -(2**53)), min(info.max, 2**53)
            limits = np.array([[least, least + 1], [0, 1], [most - 1, most]])
        for order, name in [("<", "little"), (">", "big")]:
            if kind[1] == "1" and name == "big":
                continue
            np.save(FOLDER / "types" / f"{kind}-{name}.npy", limits.astype(order + kind))


class Pipe(io.RawIOBase):
    """Cannot go back, so that a member's sizes stand behind it."""

    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)


def write_zip(file, method):
    content = io.BytesIO()
    np.save(content, x)
    member = zipfile.ZipInfo("x.npy")
    member.compress_type = method
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(member, content.getvalue())


def write_archives():
    fortran = {
        "vectors": np.asfortranarray(x),
        "images": np.asfortranarray(images),
        "image": np.asfortranarray(images[:1]),
        "first": np.asfortranarray(images[:, None]),
        "last": np.asfortranarray(images[..., None]),
        "big": np.asfortranarray(x.astype(">i2")),
    }
    np.savez(FOLDER / "orders.npz", **fortran)
    np.savez_compressed(FOLDER / "orders-deflated.npz", **fortran)
    np.savez(
        FOLDER / "shapes.npz",
        number=np.float32(3),
        vector=x[:, 0],
        labels=np.array([2, 0, 1, 2]),
        first=images[:, None],
        last=images[..., None],
        colour=np.stack([images] * 3, axis=-1),
        empty=np.zeros((0, 5), "f4"),
        none=np.zeros((5, 0), "f4"),
        row=x[:1],
    )
    np.savez(
        FOLDER / "kinds.npz",
        x=x,
        text=np.array([["a", "b"], ["c", "d"]]),
        ascii=np.array([[b"a", b"b"]]),
        objects=np.array([[1, None], [2, 3]], dtype=object),
        complex=np.ones((4, 2), complex),
        dates=np.array([["2020-01-01", "2021-01-01"]], "M8[D]"),
        durations=np.array([[1, 2]], "m8[s]"),
        fields=np.zeros((2, 2), dtype=[("a", "<f4"), ("b", "<f8")]),
        raw=np.zeros((4, 2), "V2"),
        extended=np.ones((4, 2), np.longdouble),
    )
    scipy.sparse.save_npz(FOLDER / "sparse.npz", scipy.sparse.csr_matrix(x))
    write_zip(FOLDER / "bzip2.npz", zipfile.ZIP_BZIP2)
    write_zip(FOLDER / "lzma.npz", zipfile.ZIP_LZMA)
    with open(FOLDER / "streamed.npz", "wb") as file:
        write_zip(Pipe(file), zipfile.ZIP_DEFLATED)
    np.savez(FOLDER / "names.npz", **{"größe": x, "b c": x})


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
    np.save(FOLDER / "fortran-images.npy", np.asfortranarray(images))
    np.save(FOLDER / "objects.npy", np.array([[1, "a"]], dtype=object), allow_pickle=True)
    np.save(FOLDER / "vector.npy", x[:, 0])
    np.save(FOLDER / "fields.npy", np.zeros((2, 2), dtype=[("a", "<f4"), ("b", "<f8")]))

    np.savez(FOLDER / "stored.npz", x=x, images=images)
    np.savez_compressed(FOLDER / "deflated.npz", x=x, images=images)
    np.savez_compressed(FOLDER / "single.npz", x=x)

    write_types()
    write_archives()

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
