"""Which proposals are found to say the same: those that do share a band, those of two accounts never do."""

from __future__ import annotations

import random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.flow_tree import FlowTree, parse_tree
from domain.proposal_likeness import ALIKE, BANDS, alike, likeness_of

ONE, OTHER = UUID(int=1), UUID(int=2)
WORDS = [f"word{number}" for number in range(3_000)]


def says(*texts: str, stub: str = "") -> FlowTree:
    nodes = [{"nodeId": f"n{at}", "kind": "instruction", "text": text, "nextNodeId": f"n{at + 1}"} for at, text in enumerate(texts)]
    nodes.append({"nodeId": f"n{len(texts)}", "kind": "resolved", "text": stub or "Done", "needsReview": bool(stub)})
    return parse_tree({"rootId": "n0", "nodes": nodes})


def test_punctuation_case_and_stubs_make_no_difference() -> None:
    one = likeness_of(says("Reseat the CABLE.", stub="Not explored yet"), ONE)
    other = likeness_of(says("reseat the cable", stub="Something else entirely"), ONE)
    assert one == other and one.digest == "reseat the cable" and len(one.bands) == BANDS


def test_bands_are_of_one_account() -> None:
    one, other = likeness_of(says("Reseat the cable"), ONE), likeness_of(says("Reseat the cable"), OTHER)
    assert one.digest == other.digest and not set(one.bands) & set(other.bands)


def test_bands_are_the_same_in_every_process() -> None:
    """Stored, so they may never change: constants of the first release."""
    assert likeness_of(says("Reseat the cable"), ONE).bands[:3] == (-1853909939, -1848052633, -1254532869)


def test_nothing_written_is_like_nothing() -> None:
    assert likeness_of(parse_tree({"rootId": "a", "nodes": [{"nodeId": "a", "kind": "escalate", "text": "?!"}]}), ONE).bands == ()


def test_what_is_alike_is_found_and_little_else() -> None:
    drawn = random.Random(7)
    found = {True: [0, 0], False: [0, 0]}
    for _ in range(400):
        words = drawn.sample(WORDS, drawn.randint(5, 60))
        changed = drawn.choice([0.02, 0.08, 0.15, 0.9])
        other = [drawn.choice(WORDS) if drawn.random() < changed else word for word in words]
        left, right = likeness_of(says(" ".join(words)), ONE), likeness_of(says(" ".join(other)), ONE)
        counted = found[alike(left.digest, right.digest) >= ALIKE]
        counted[0] += 1
        counted[1] += bool(set(left.bands) & set(right.bands))
    near, far = found[True], found[False]
    assert near[0] > 150 and near[1] == near[0]
    assert far[0] > 50


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200).filter(str.strip))
def test_any_text_has_a_likeness(text: str) -> None:
    made = likeness_of(says(text), ONE)
    assert alike(made.digest, made.digest) == 1.0
    assert all(-(2**31) <= band < 2**31 for band in made.bands)
