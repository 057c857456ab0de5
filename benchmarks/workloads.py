"""The four requests that are measured, as GraphQL and as the baseline's plain addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

QUEUE = """
query Queue {
  escalations(
    first: 50, filter: {status: [OPEN, CLAIMED, RETURNED, CLOSED]}, orderBy: {field: LAST_STEP_AT, direction: DESC}
  ) {
    nodes {
      reason
      session {
        id lastStepAt
        createdBy { id name ... on User { email } }
        flow { id title }
        walkedPath { nodeId question answerLabel answeredAt }
      }
    }
    pageInfo { hasNextPage }
  }
}
"""
SESSION = """
query Session($id: ID!) {
  walkSession(id: $id) {
    id number status problem step companyName startedAt lastStepAt
    flow { id title slug category }
    createdBy { id name ... on User { email role } }
  }
}
"""
DASHBOARD = """
query Dashboard {
  walkSessions(first: 20) { nodes { id number status problem companyName lastStepAt } pageInfo { hasNextPage } }
  flows(first: 20) { nodes { id title slug category keywords } pageInfo { hasNextPage } }
  members(first: 20) { nodes { id name email role } pageInfo { hasNextPage } }
}
"""
ANSWER = """
mutation Answer($input: AnswerNodeInput!) {
  answerNode(input: $input) {
    session {
      id step status
      currentNode { nodeId text ... on QuestionNode { options { value label } } }
      walkedPath { step nodeId question answerLabel answeredAt }
    }
    errors { code message }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Workload:
    """``variables`` has one entry a request; they are gone through in order and from the start again."""

    name: str
    title: str
    document: str
    variables: list[dict[str, Any]]
    writes: bool = False

    def graphql(self, token: str) -> list[bytes]:
        """Whole HTTP requests for the API."""
        return [_request("/graphql", token, {"query": self.document, "variables": one}) for one in self.variables]

    def plain(self, token: str) -> list[bytes]:
        """Whole HTTP requests for the baseline."""
        return [_request(f"/{self.name.lower()}", token, one) for one in self.variables]


def _request(path: str, token: str, body: dict[str, Any]) -> bytes:
    content = orjson.dumps(body)
    head = (
        f"POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def workloads(sessions: list[str], walks: list[tuple[str, str, int]]) -> list[Workload]:
    """``sessions``: ids to read; ``walks``: (session, node, step) of active walks to answer, each once."""
    answers = [
        {"input": {"sessionId": session, "nodeId": node, "answer": "yes", "expectedStep": step}}
        for session, node, step in walks
    ]
    return [
        Workload("R1", "escalation queue of 50", QUEUE, [{}]),
        Workload("R2", "one session by id", SESSION, [{"id": one} for one in sessions]),
        Workload("R3", "dashboard, 3 lists of 20", DASHBOARD, [{}]),
        Workload("W1", "answerNode", ANSWER, answers, writes=True),
    ]
