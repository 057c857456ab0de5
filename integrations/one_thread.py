"""Imported before numpy: its linear algebra then keeps to the thread that asks for it.

By default every core spins on each product. Ours are small (240 by 240 at most) and asked beside other requests: on two
busy cores a solution that takes 2 ms alone took 700 ms with two threads, 25 ms with one.
"""

from __future__ import annotations

import os

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(name, "1")
