"""Jobs run on the same application that the API tests use."""

from __future__ import annotations

from tests.api.conftest import api, cold_api, team

__all__ = ["api", "cold_api", "team"]
