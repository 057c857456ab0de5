"""axe-core in the page: what a screen reader, a keyboard or weak eyes would stumble over."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.browser.support import Visit

AXE = Path(__file__).resolve().parents[2] / "examples/spa/node_modules/axe-core/axe.min.js"
RUN = """async (where) => {
  const found = await axe.run(where ?? document, { resultTypes: ["violations"] });
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120) + " " + (node.any[0]?.message ?? "")).join(" | ")}`);
}"""


@cache
def _source() -> str:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: make web")
    return AXE.read_text()


def violations(one: Visit, *selectors: str) -> list[str]:
    """Serious and critical findings in the parts named by ``selectors``, or in the whole page."""
    one.page.evaluate("document.getAnimations().forEach((one) => one.effect.getTiming().iterations === Infinity || one.finish())")
    if not one.page.evaluate("'axe' in globalThis"):
        one.page.evaluate(_source())  # through the debugger, past the page's policy
    return one.page.evaluate(RUN, {"include": [[one] for one in selectors]} if selectors else None)
