"""One statement that finds the candidate flows of a problem, with everything their score and reason need.

Its cost is bounded: a stem that more than `MOST_FLOWS_PER_STEM` flows hold tells little and is not followed, frequent
words are looked up in small accounts only. By words alone the trigrams of every title are compared too, which finds
what is misspelt; vectors find that themselves.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.vector_store import CENTROIDS, EMBEDDINGS, METRICS, literal
from domain.matching.features import AccountStats, Candidate, Feedback
from domain.matching.trigram import bits, signature
from domain.matching.words import COMMON_WORDS, query_words

MOST_FLOWS_PER_STEM = 750
FEWER_BESIDE_VECTORS = 400
SMALL_ACCOUNT = 500
LEXICAL_CANDIDATES = 20
VECTOR_CANDIDATES = 16
TEXTS_TOLD_APART = 20  # of a flow, the nearest ones: their vectors come along
LEXICAL_BESIDE_VECTORS = 8
TITLE_CANDIDATES = 4
MOST_TEXTS = 100

_LEXICAL = """
WITH written AS MATERIALIZED (
    SELECT CAST(CAST(:bits AS text) AS bit(1024)) AS bits
), account AS MATERIALIZED (
    SELECT count(*)::float8 AS documents, coalesce(avg(term_total), 0)::float8 AS average_total,
           coalesce(avg(text_total), 0)::float8 AS average_texts, coalesce(sum(revision), 0) AS revisions
    FROM flow_search_documents WHERE account_id = :account_id
), asked AS MATERIALIZED (
    SELECT u.stem, u.is_common
    FROM unnest(CAST(:stems AS text[]), CAST(:common AS boolean[])) AS u (stem, is_common)
), found AS MATERIALIZED (
    SELECT asked.stem, t.flow_id, t.occurrences
    FROM asked CROSS JOIN account CROSS JOIN LATERAL (
        SELECT flow_id, occurrences FROM flow_search_terms
        WHERE account_id = :account_id AND flow_search_terms.stem = asked.stem LIMIT :most_flows) t
    WHERE NOT asked.is_common OR account.documents <= :small_account
), spread AS MATERIALIZED (
    SELECT stem, flows, CASE WHEN flows >= :most_flows THEN CAST(0.001 AS float8)
        ELSE ln(1 + (documents - flows + 0.5) / (flows + 0.5)) END AS weight
    FROM (SELECT stem, CAST(count(*) AS float8) AS flows FROM found GROUP BY stem) counted CROSS JOIN account
), lexical AS (
    SELECT found.flow_id FROM found JOIN spread USING (stem)
    GROUP BY found.flow_id
    ORDER BY sum(spread.weight * found.occurrences / CAST(found.occurrences + 2 AS float8)) DESC, found.flow_id
    LIMIT :lexical_limit
)"""

_TITLED = """, titled AS (
    SELECT flow_id FROM flow_search_documents, written WHERE account_id = :account_id
    ORDER BY CAST(bit_count(signature & written.bits) AS float8)
             / greatest(bit_count(signature | written.bits), 1) DESC, flow_id
    LIMIT :title_limit
)"""

_NEAREST = f""", meant AS MATERIALIZED (
    SELECT CAST(CAST(:vector AS text) AS vector) AS vector
), nearest AS (
    SELECT flow_id FROM {CENTROIDS}, meant WHERE account_id = :account_id AND model = :model
    ORDER BY embedding <#> meant.vector, flow_id LIMIT :vector_limit
)"""  # noqa: S608 - constants only

_CANDIDATES = """
SELECT d.flow_id, d.title, d.term_total, d.text_total, counted.counts, alike.trigram,
       coalesce(f.taken_count, 0) AS taken, coalesce(f.declined_count, 0) AS declined,
       coalesce(f.not_helpful_count, 0) AS not_helpful, {vectors},
       account.documents, account.average_total, account.average_texts,
       (SELECT jsonb_object_agg(stem, flows) FROM spread) AS spread
FROM ({union}) AS candidate
JOIN flow_search_documents d ON d.account_id = :account_id AND d.flow_id = candidate.flow_id
CROSS JOIN account
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(t.stem, t.occurrences) AS counts
    FROM asked JOIN flow_search_terms t
      ON t.account_id = :account_id AND t.flow_id = candidate.flow_id AND t.stem = asked.stem
) counted
CROSS JOIN LATERAL (
    SELECT max(CAST(bit_count(t.signature & written.bits) AS float8)
               / greatest(bit_count(t.signature | written.bits), 1)) AS trigram
    FROM written CROSS JOIN LATERAL (
        SELECT signature FROM flow_search_texts
        WHERE account_id = :account_id AND flow_id = candidate.flow_id LIMIT :most_texts) t
) alike
{joined}
LEFT JOIN flow_feedback f ON f.account_id = :account_id AND f.flow_id = candidate.flow_id
"""

_CLOSE = f"""CROSS JOIN LATERAL (
    SELECT max(likeness) AS nearest, string_agg(halfvec_send(embedding), '') AS near FROM (
        SELECT e.embedding, -(e.embedding <#> CAST(meant.vector AS halfvec)) AS likeness FROM {EMBEDDINGS} e, meant
        WHERE e.account_id = :account_id AND e.flow_id = candidate.flow_id AND e.model = :model
        ORDER BY likeness DESC LIMIT :told_apart) t
) close"""  # noqa: S608 - constants only

_NO_VECTORS = (
    "CAST(NULL AS float8) AS nearest, CAST(NULL AS bytea) AS near, CAST(NULL AS float8) AS centroid,"
    " true AS is_current, 0 AS metric"
)
_VECTORS = f"""close.nearest, close.near, (
    SELECT -(c.embedding <#> meant.vector) FROM {CENTROIDS} c, meant
    WHERE c.account_id = :account_id AND c.flow_id = candidate.flow_id AND c.model = :model) AS centroid,
    account.revisions = (SELECT coalesce(sum(revision), 0) FROM {CENTROIDS}
                         WHERE account_id = :account_id AND model = :model) AS is_current,
    coalesce((SELECT revision FROM {METRICS} WHERE account_id = :account_id AND model = :model), 0) AS metric"""  # noqa: S608

_BY_WORDS = "SELECT flow_id FROM lexical UNION SELECT flow_id FROM titled"
_BY_MEANING = "SELECT flow_id FROM lexical UNION SELECT flow_id FROM nearest"

LEXICAL_STATEMENT = text(_LEXICAL + _TITLED + _CANDIDATES.format(vectors=_NO_VECTORS, joined="", union=_BY_WORDS))
VECTOR_STATEMENT = text(_LEXICAL + _NEAREST + _CANDIDATES.format(vectors=_VECTORS, joined=_CLOSE, union=_BY_MEANING))


@dataclass(frozen=True, slots=True)
class Asked:
    """A problem's vector and the space it is in."""

    model: str
    vector: list[float]


@dataclass(frozen=True, slots=True)
class Found:
    """What the statement brought: the problem's stems, the account's figures, the candidates in no order.

    `is_current` is False when flows of the account still lack vectors of the model asked with, or may lack them;
    `metric` is the revision of the account's map for that model, 0 when it has none; `near` holds the vectors of each
    candidate's nearest texts in pgvector's binary form, one behind the other.
    """

    stems: list[str]
    stats: AccountStats
    candidates: list[Candidate]
    is_current: bool = True
    metric: int = 0
    near: Mapping[uuid.UUID, bytes] = field(default_factory=dict)


async def find_candidates(
    connection: AsyncConnection, account_id: uuid.UUID, problem: str, asked: Asked | None = None
) -> Found:
    """The flows that could fit, at most about 28, by one statement. `asked` only where the vector tables exist."""
    stems = query_words(problem)
    result = await connection.execute(_statement(asked), _parameters(account_id, problem, stems, asked))
    rows = result.mappings().all()
    if not rows:
        return Found(stems, AccountStats(0, 0.0, 0.0, {}), [], asked is None)
    first = rows[0]
    stats = AccountStats(
        int(first["documents"]),
        first["average_total"],
        first["average_texts"],
        _frequencies(stems, dict(first), _most_flows(asked)),
    )
    near = {row["flow_id"]: row["near"] for row in rows if row["near"]}
    return Found(stems, stats, [_candidate(dict(row)) for row in rows], first["is_current"], first["metric"], near)


def _statement(asked: Asked | None) -> TextClause:
    return LEXICAL_STATEMENT if asked is None else VECTOR_STATEMENT


def _parameters(account_id: uuid.UUID, problem: str, stems: list[str], asked: Asked | None) -> dict[str, Any]:
    lexical: dict[str, Any] = {
        "account_id": account_id,
        "bits": bits(signature(problem)),
        "stems": stems,
        "common": [stem in COMMON_WORDS for stem in stems],
        "most_flows": _most_flows(asked),
        "small_account": SMALL_ACCOUNT,
        "most_texts": MOST_TEXTS,
    }
    if asked is None:
        return lexical | {"lexical_limit": LEXICAL_CANDIDATES, "title_limit": TITLE_CANDIDATES}
    return lexical | {
        "lexical_limit": LEXICAL_BESIDE_VECTORS,
        "model": asked.model,
        "vector": literal(asked.vector),
        "vector_limit": VECTOR_CANDIDATES,
        "told_apart": TEXTS_TOLD_APART,
    }


def _most_flows(asked: Asked | None) -> int:
    return MOST_FLOWS_PER_STEM if asked is None else FEWER_BESIDE_VECTORS


def _frequencies(stems: list[str], row: Mapping[str, Any], most_flows: int) -> dict[str, int]:
    """In how many flows each stem stands; one that was not followed counts as standing in all: it tells nothing."""
    spread: dict[str, float] = row["spread"] or {}
    documents = int(row["documents"])
    unfollowed = {stem for stem in stems if stem in COMMON_WORDS} if documents > SMALL_ACCOUNT else set()
    frequencies = {stem: documents if stem in unfollowed else int(spread.get(stem, 0)) for stem in stems}
    return {stem: documents if flows >= most_flows else flows for stem, flows in frequencies.items()}


def _candidate(row: Mapping[str, Any]) -> Candidate:
    return Candidate(
        flow_id=row["flow_id"],
        title=row["title"],
        counts=row["counts"] or {},
        total=row["term_total"],
        texts=row["text_total"],
        trigram=float(row["trigram"] or 0.0),
        nearest=row["nearest"],
        centroid=row["centroid"],
        feedback=Feedback(row["taken"], row["declined"], row["not_helpful"]),
    )
