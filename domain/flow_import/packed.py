"""Content that was packed by the client, so that all of it fits into one request."""

from __future__ import annotations

import base64
import binascii
import zlib

from domain.flow_finding import FindingCode
from domain.flow_import.content import too_large
from domain.flow_import.result import ImportRefused
from domain.flow_node import MAX_CONTENT_BYTES

_GZIP = 31  # zlib's word for: a gzip header, a window of any size


def unpacked(content: str) -> str:
    """The text of base64 of gzip of UTF-8; raises ``ImportRefused``. Never unpacks more than the limit."""
    try:
        packed = base64.b64decode("".join(content.split()), validate=True)
        reader = zlib.decompressobj(_GZIP)
        data = reader.decompress(packed, MAX_CONTENT_BYTES + 1)
        if len(data) > MAX_CONTENT_BYTES:
            raise too_large()
        if not reader.eof or reader.unused_data:
            raise zlib.error("it is cut off, or more follows it")
        return data.decode()
    except (binascii.Error, zlib.error, ValueError) as error:
        message = f"The content is not base64 of gzip of UTF-8 text: {str(error)[:100]}."
        raise ImportRefused(FindingCode.INVALID_CONTENT, message, "Pack it with: gzip -c FILE | base64") from error
