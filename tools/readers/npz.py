"""numpy's view of an .npz archive: npz.py FILE prints {name: {"dtype", "shape", "sum", "first", "last"}}."""

import json
import sys

import numpy

arrays = numpy.load(sys.argv[1])
print(
    json.dumps(
        {
            name: {
                "dtype": str(values.dtype),
                "shape": values.shape,
                "sum": float(values.astype("float64").sum()),
                "first": float(values.flat[0]),
                "last": float(values.flat[-1]),
            }
            for name, values in arrays.items()
        }
    )
)
