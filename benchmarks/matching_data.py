"""Accounts made of the ticket data beside the project: flows of some examples, asked with others.

Nothing is copied into the project; without the folder there is nothing to measure.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.matching.document import FlowText, TextKind

TICKETS = Path(__file__).resolve().parents[2] / "shared" / "data" / "tickets"
CHIT_CHAT = "out_of_scope"
# Where examples stand in a flow: the first as its title, then keywords, questions, and problems it has solved.
PLACES = (TextKind.TITLE, *[TextKind.KEYWORD] * 4, *[TextKind.QUESTION] * 3)


@dataclass(frozen=True)
class Tickets:
    """Utterances by what they are about, and utterances that are about nothing of it."""

    name: str
    by_topic: dict[str, list[str]]
    foreign: list[str]


@dataclass(frozen=True)
class Account:
    """Flows by name, problems with the flow that fits, problems of flows the account lacks, and of none at all."""

    tickets: str
    examples: int
    flows: dict[str, list[FlowText]]
    asked: list[tuple[str, str]]
    lacking: list[str]
    foreign: list[str]


def load() -> list[Tickets]:
    """banking77 and the Rasa help desk, both with CLINC's out-of-scope utterances. Empty when the folder is absent."""
    if not TICKETS.is_dir():
        return []
    foreign = [row["text"] for row in _lines("clinc-out-of-scope-half.jsonl")]
    with (TICKETS / "banking77-half.csv").open(newline="") as file:
        banking = _grouped((row["category"], row["text"]) for row in csv.DictReader(file))
    desk = _grouped((row["intent"], row["text"]) for row in _lines("rasa-helpdesk-intents-half.jsonl"))
    return [Tickets("banking77", banking, foreign), Tickets("rasa helpdesk", desk, foreign + desk.pop(CHIT_CHAT))]


def folds(tickets: Tickets, count: int, seed: int = 0, *, with_title: bool = False) -> Iterator[Account]:
    """Cross-validation over all topics: each fold asks with 1/count of the examples, flows hold the others.

    With `with_title` each flow has its topic's name as a title besides.
    """
    rnd = random.Random(seed)
    shuffled = {topic: rnd.sample(texts, len(texts)) for topic, texts in tickets.by_topic.items()}
    for fold in range(count):
        held = {topic: texts[fold::count] for topic, texts in shuffled.items()}
        flows = {
            topic: example_texts(
                [text for i, text in enumerate(texts) if i % count != fold], title_of(topic) if with_title else None
            )
            for topic, texts in shuffled.items()
        }
        asked = [(text, topic) for topic, texts in held.items() for text in texts]
        examples = max(len(texts) for texts in flows.values())
        yield Account(tickets.name, examples, flows, asked, [], tickets.foreign[fold::count])


def sample(tickets: Tickets, flows: int, examples: int, seed: int, *, with_title: bool, most: int = 200) -> Account:
    """A random account of so many flows with so many examples; with `with_title` the topic's name is the title too."""
    rnd = random.Random(seed)
    topics = rnd.sample(sorted(tickets.by_topic), len(tickets.by_topic))
    inside, outside = topics[:flows], topics[flows:]
    made: dict[str, list[FlowText]] = {}
    asked: list[tuple[str, str]] = []
    for topic in inside:
        texts = rnd.sample(tickets.by_topic[topic], len(tickets.by_topic[topic]))
        kept = min(examples, len(texts) - max(2, len(texts) // 5))
        made[topic] = example_texts(texts[:kept], title_of(topic) if with_title or not kept else None)
        asked += [(text, topic) for text in texts[kept:]]
    lacking = [text for topic in outside for text in tickets.by_topic[topic]]
    some = rnd.sample(asked, min(most, len(asked)))
    few = most * 2 // 5
    return Account(
        tickets.name,
        examples,
        made,
        some,
        rnd.sample(lacking, min(few, len(lacking))),
        rnd.sample(tickets.foreign, few),
    )


def example_texts(examples: list[str], title: str | None = None) -> list[FlowText]:
    """Examples spread over the places a flow has for text."""
    places = PLACES[1:] if title is not None else PLACES
    spread = [
        FlowText(places[i] if i < len(places) else TextKind.PAST_PROBLEM, example) for i, example in enumerate(examples)
    ]
    return [*([FlowText(TextKind.TITLE, title)] if title is not None else []), *spread]


def title_of(topic: str) -> str:
    """`card_arrival` as a person would title it."""
    return topic.replace("_", " ").capitalize()


def texts_of(tickets: list[Tickets]) -> list[str]:
    """Every text a vector is needed of."""
    found: dict[str, None] = {}
    for one in tickets:
        for topic, texts in one.by_topic.items():
            found.update(dict.fromkeys([title_of(topic), *texts]))
        found.update(dict.fromkeys(one.foreign))
    return list(found)


def _lines(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (TICKETS / name).read_text().splitlines()]


def _grouped(pairs: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for topic, text in pairs:
        grouped.setdefault(topic, []).append(text)
    return grouped
