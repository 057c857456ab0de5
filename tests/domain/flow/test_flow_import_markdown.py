"""Runbooks as people write them: nested answers, steps that send elsewhere, conditions, tables, heads, and what is no step."""

from __future__ import annotations

import time

import pytest

from domain.flow_finding import FindingCode, has_errors
from domain.flow_import import FlowFormat, import_flows
from domain.flow_lint import lint_tree
from domain.flow_node import NodeKind
from tests.domain.flow.importing import kinds, one, refused, shared, ways

VPN = """# VPN drops

1. Is the user on Wi-Fi?
   - Yes:
     1. Ask them to move closer to the router.
     2. Is it better?
        - Yes: Solved.
        - No: go to step 3
   - No, continue
2. What error does the client show?
3. Restart the VPN client.
   ```
   net stop vpn
   ```
4. Check the light on the modem:
   - If it is red, replace the cable.
   - If it is green, go to step 6.
   - Otherwise, escalate to the network team.
5. Reset the modem, then go to step 1.
6. If the tunnel is up, close the ticket.
7. If the problem persists, escalate to tier 2.
"""


def texts(source: str) -> list[str]:
    """The texts of the flow before the question that was added."""
    found = [node.text for node in one("markdown", source).tree.nodes]
    return found[: found.index("Is the problem solved?")]


def test_answers_have_steps_and_answers_of_their_own() -> None:
    flow = one("markdown", VPN)
    assert ways(flow, "step-1") == {"Yes": "step-1-Yes-1", "No": "step-2"}
    assert ways(flow, "step-1-Yes-1") == {None: "step-1-Yes-2"}
    assert ways(flow, "step-1-Yes-2") == {"Yes": "step-1-Yes-2-Yes", "No": "step-3"}
    assert flow.tree.by_id["step-1-Yes-2-Yes"].kind is NodeKind.RESOLVED
    assert lint_tree(flow.tree) == ()


def test_conditions_are_asked_and_named_steps_are_gone_to() -> None:
    flow = one("markdown", VPN)
    assert ways(flow, "step-4") == {"It is red": "step-4-It is red", "It is green": "step-6", "Otherwise": "step-4-Otherwise"}
    assert flow.tree.by_id["step-4-It is red"].text == "Replace the cable."
    assert flow.tree.by_id["step-4-Otherwise"].kind is NodeKind.ESCALATE
    assert ways(flow, "step-5") == {"Do it again": "step-1", "Go on": "step-6"}
    assert (flow.tree.by_id["step-6"].text, kinds(flow)["step-6-yes"]) == ("Does this apply: the tunnel is up?", "resolved")
    assert (ways(flow, "step-7"), kinds(flow)["step-7-yes"]) == ({"Yes": "step-7-yes", "No": "solved"}, "escalate")


def test_what_is_asked_without_answers() -> None:
    flow = one("markdown", "- Is the lid closed?\n- Which code does it show?\n- Switch it on.\n")
    assert list(kinds(flow).values())[:3] == ["question", "data_input", "instruction"]
    assert ways(flow, "step-1") == {"Yes": "step-2", "No": "step-2"}
    asked = flow.tree.by_id["step-2"]
    assert (asked.fact, asked.is_required) == ("which_code_does_it_show", False)


def test_a_step_that_is_not_there_is_said() -> None:
    result = import_flows(FlowFormat.MARKDOWN, "1. Is it on?\n   - Yes: go to step 9\n   - No: switch it on, then go to step 2\n2. Print.\n")
    flow = result.flows[0]
    assert ways(flow, "step-1") == {"Yes": "step-1-Yes", "No": "step-1-No"} and ways(flow, "step-1-No") == {None: "step-2"}
    assert flow.tree.by_id["step-1-No"].text == "Switch it on"
    assert any("names a step that is not there" in one.message for one in result.findings)


def test_headings_may_be_steps_conditions_and_questions() -> None:
    flow = one("markdown", """## Printer offline

### Step 1: Look at it

Is it there?

### If the printer is on the network

- Ping it
- Open its page

### Is the queue paused?

- Yes -> Resume it
- No -> go to step 1

### Escalation

Call Jane.
""")
    assert flow.title == "Printer offline"
    assert (flow.tree.by_id["step-1"].text, flow.tree.by_id["step-1"].detail) == ("Look at it", "Is it there?")
    assert flow.tree.by_id["step-2"].text == "Does this apply: the printer is on the network?"
    assert ways(flow, "step-2") == {"Yes": "step-3", "No": "step-5"}
    assert ways(flow, "step-5") == {"Yes": "step-5-Yes", "No": "step-1"}
    assert flow.tree.by_id["escalate"].detail == "Call Jane."


def test_tables_are_cases_steps_or_something_to_read() -> None:
    flow = one("markdown", """+++
title = "Scanner codes"
tags = ["scan"]
+++
# Codes

| Code | Fix |
|------|-----|
| E1 | Close the lid |
| E2 | Remove *paper* |

## Ports

| Model | Port |
|---|---|
| A | 9100 |

## Steps

| Step | Action | Expected |
|---|---|---|
| 1 | Switch on | Light |
""")
    assert (flow.title, flow.keywords) == ("Scanner codes", ("scan",))
    assert ways(flow, "step-1") == {"E1": "step-1-E1", "E2": "step-1-E2", "None of these": "step-2"}
    assert flow.tree.by_id["step-1-E2"].text == "Remove paper"
    assert (flow.tree.by_id["step-2"].text, flow.tree.by_id["step-2"].detail) == ("Ports", "- Model: A; Port: 9100")
    assert (flow.tree.by_id["step-3"].text, flow.tree.by_id["step-3"].detail) == ("Switch on", "Expected: Light")


def test_a_list_that_goes_on_with_a_sentence_is_one_step() -> None:
    assert texts("# T\n\nCheck why it does not scale:\n\n- not enough nodes\n- quotas\n\nDo the following:\n\n1. Add a node\n2. Wait\n") == [
        "Check why it does not scale:", "Add a node", "Wait"]


def test_nothing_written_yet_is_no_step() -> None:
    result = import_flows(FlowFormat.MARKDOWN, "# T\n\n## Diagnosis\n\nTODO\n\n## Mitigation\n\nRestart it.\n")
    assert [node.text for node in result.flows[0].tree.nodes][0] == "Mitigation: Restart it."
    assert [it.message for it in result.findings if it.code is FindingCode.DROPPED] == ["Nothing is written yet under 'Diagnosis'; left out."]
    only = one("markdown", "# T\n\n## Meaning\n\nIt is down.\n\n## Diagnosis\n\nTBD\n")
    assert only.tree.root.text == "Meaning" and only.tree.root.detail == "It is down."
    assert refused("markdown", "# T\n\n## Diagnosis\n\nTODO\n")[0] == "invalid_content"


def test_html_shortcodes_and_references_become_plain() -> None:
    flow = one("markdown", """# T

<!-- a
comment -->
- See [guide][1], [Other] and [page]({{< ref "x.md" >}})

  <details><summary>More</summary>Use `<b>` and <host>.<br>Line <a href="https://e.example/x">there</a></details>

  ```
  <b>[Other]</b>
  ```

[1]: https://example.com/guide
[other]: https://example.com/other
[bad]: http://example.com
""")
    assert flow.tree.root.text == "See guide, Other and page"
    assert flow.tree.root.detail == (
        "MoreUse `<b>` and \\<host>. Line [there](https://e.example/x)\n\n```\n<b>[Other]</b>\n```")


def test_steps_of_a_section_name_it_once() -> None:
    flow = one("markdown", "# T\n\n## Check the power\n\n- Look at the lamp\n- Press the switch\n\n## Steps\n\n- Print\n")
    assert [flow.tree.by_id[f"step-{number}"].detail for number in (1, 2, 3)] == ["**Check the power**", None, None]


@pytest.mark.parametrize("source", [
    "1. a?\n" + "".join("   " * depth + "- Yes: b?\n" for depth in range(1, 40)), "- If " + "x, " * 300 + "y\n", "[a]: https://e\n" + "[a]" * 20_000,
    "<!--" * 20_000, "<a href=" * 20_000, "{{<" * 30_000, "|a|b|\n|-|-|\n" + "|c|d|\n" * 10_000, "go to step " * 4_000, "# " + "1. " * 10_000,
    "- " * 3_000 + "x", "1. q?\n" + "   - Yes: go to step 1\n" * 500,
])
def test_hostile_runbooks_are_read_or_refused_quickly(source: str) -> None:
    started = time.perf_counter()
    result = import_flows(FlowFormat.MARKDOWN, source)
    assert time.perf_counter() - started < 5
    assert result.flows or has_errors(result.findings)


def test_the_shared_runbooks_hold_nothing_that_only_a_site_can_show() -> None:
    for flow in import_flows(FlowFormat.MARKDOWN, shared("docs/prometheus-runbooks.json")).flows:
        nodes = flow.tree.nodes
        assert not [node.text for node in nodes if node.text.casefold().endswith("todo")], flow.title
        assert not [text for node in nodes for text in (node.text, node.detail, node.how_to) if text and "{{<" in text], flow.title
