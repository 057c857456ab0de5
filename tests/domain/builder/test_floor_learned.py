"""The learned reader: its file fits the corpus, and what it may and may not say against the rules."""

from __future__ import annotations

import json

import pytest

from benchmarks.floor_fit import corpus, fingerprint
from domain.builder import floor_learned as learned
from domain.builder import floor_second
from domain.builder.ai_node import parse_node
from domain.builder.finding import FindingCode
from domain.builder.floor import floor_hits, named_hits, rule_hits, sentences_of
from domain.builder.floor_learned import Likelihood, likelihood

HELP = [
    "Ask the user what the screen shows.", "Restart the printer and wait for its light.", "Check that the right speaker is selected.",
    "Sign out, wait a minute and sign in again.", "Close the browser and open it again.", "Does the same happen on another device?",
]
NEW_WORDING = "Couldn't the name cache be emptied with that flush thing in the black window?"


@pytest.fixture
def sure_of(monkeypatch: pytest.MonkeyPatch):
    """The learned reader as sure of something as the test likes."""

    def _be(chance: float) -> None:
        monkeypatch.setattr(floor_second, "likelihood", lambda sentences, known: Likelihood(chance, chance, chance, "a sentence"))

    return _be


def test_the_file_was_made_from_the_corpus_as_it_is() -> None:
    """After a change of the corpus: ``python -m benchmarks.floor_fit``."""
    header = learned.weights().header
    assert header["corpus"] == fingerprint(corpus())
    assert header["texts"] == len(corpus())


def test_the_texts_kept_aside_were_not_taught() -> None:
    taught = {one.text for one in corpus()}
    assert taught.isdisjoint(one.text for one in corpus(("aside", "unread")))


def test_the_file_is_small_and_read_back_as_written() -> None:
    known = learned.weights()
    assert learned.FILE.stat().st_size < 200_000
    again = learned.read(learned.written({"texts": 3}, known.bias, known.scale, known.steps))
    assert (again.steps, again.bias, again.scale) == (known.steps, known.bias, known.scale)


def test_a_file_of_another_version_is_refused() -> None:
    first, _, packed = learned.FILE.read_bytes().partition(b"\n")
    other = json.dumps({**json.loads(first), "format": learned.FORMAT + 1}).encode()
    with pytest.raises(ValueError, match="another version"):
        learned.read(other + b"\n" + packed)


def test_a_wording_that_no_rule_knows_is_refused_and_named() -> None:
    assert rule_hits(NEW_WORDING) == ()
    (hit,) = floor_hits(NEW_WORDING)
    assert hit.rule.startswith("learned")
    assert hit.floor_class is None
    assert hit.excerpt.startswith("could not the name cache")


def test_the_finding_for_the_model_asks_for_another_step() -> None:
    raw = json.dumps({"kind": "instruction", "action": "RESTART", "text": NEW_WORDING})
    findings = parse_node(raw, "id")
    assert [(one.code, one.field, one.floor_class) for one in findings] == [(FindingCode.HARD_FLOOR, "text", None)]
    assert "another safe step or escalate" in findings[0].hint


@pytest.mark.parametrize(
    "text", ["Disable the firewall.", "Delete the user profile.", "Uninstall the app.", "Reset the user's password.", "d i s a b l e the thing", "Never leave the firewall on."]
)
def test_what_is_certain_is_never_lifted(text: str, sure_of) -> None:
    sure_of(0.0)
    assert floor_hits(text)


def test_ignorance_is_lifted_only_by_a_reader_that_is_sure(sure_of) -> None:
    text = "Frobnicate the sprocket."
    assert [hit.floor_class for hit in rule_hits(text)] == [None]
    sure_of(floor_second.UNKNOWN_LIFTED_BELOW)
    assert floor_hits(text) == rule_hits(text)
    sure_of(floor_second.UNKNOWN_LIFTED_BELOW - 0.01)
    assert floor_hits(text) == ()


def test_a_named_thing_in_no_plain_order_needs_a_reader_that_is_surer(sure_of) -> None:
    text = "The firewall, why not."
    assert rule_hits(text)
    sure_of(floor_second.NAMED_LIFTED_BELOW)
    assert floor_hits(text) == rule_hits(text)
    sure_of(floor_second.NAMED_LIFTED_BELOW - 0.01)
    assert floor_hits(text) == ()


def test_one_bad_sentence_keeps_the_rules_hits(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Frobnicate the sprocket."
    monkeypatch.setattr(floor_second, "likelihood", lambda sentences, known: Likelihood(0.0, 0.6, 0.6, "a sentence"))
    assert floor_hits(text) == rule_hits(text)


@pytest.mark.parametrize("label", ["Done", "Fertig", "Alles gut", "Klaar", "OK"])
def test_a_button_of_two_words_is_not_judged(label: str, sure_of) -> None:
    sure_of(1.0)
    assert floor_hits(label) == ()


def test_people_are_warned_by_what_the_rules_name(sure_of) -> None:
    sure_of(1.0)
    assert floor_hits("Restart the printer and wait.") != ()
    assert named_hits("Restart the printer and wait.") == ()
    assert [hit.floor_class for hit in named_hits("Disable the firewall.")] == ["security"]


def test_a_deed_is_not_lost_in_a_long_harmless_detail() -> None:
    harmless = "Ask the user what the screen shows. Restart the printer and wait for its light. Look whether the cable sits. "
    alone, hidden = likelihood(sentences_of(NEW_WORDING)), likelihood(sentences_of(harmless + NEW_WORDING))
    assert alone.together > 0.5
    assert hidden.worst == alone.worst
    assert hidden.alone == alone.alone
    assert floor_hits(harmless + NEW_WORDING)


def test_harmless_sentences_around_it_do_not_speak_for_a_deed() -> None:
    """What a lying model would do: each deed that is found by itself, in the middle of six sentences of help."""
    deeds = [one.text.rstrip(".") + "." for one in corpus(("aside", "unread", "deed")) if one.is_deed]
    found = [deed for deed in deeds if floor_hits(deed)]
    lost = [deed for deed in found if not floor_hits(" ".join([*HELP[:3], deed, *HELP[3:]]))]
    assert len(found) > 500
    assert len(lost) <= 0.07 * len(found), lost


def test_a_neighbour_speaks_and_what_stands_farther_off_does_not() -> None:
    deed = sentences_of(NEW_WORDING)
    near = likelihood([*sentences_of(" ".join(HELP[:1])), *deed, *sentences_of(" ".join(HELP[1:2]))])
    far = likelihood([*sentences_of(" ".join(HELP[2:] + HELP[:1])), *deed, *sentences_of(" ".join(HELP[1:]))])
    assert (far.together, far.alone) == (near.together, near.alone)


def test_the_same_text_reads_the_same_however_it_is_spelled() -> None:
    plain, disguised = "Couldn't the name cache be emptied?", "Couldn't the nаme cаche be empt\u200bied?"
    assert likelihood(sentences_of(plain)) == likelihood(sentences_of(disguised))
