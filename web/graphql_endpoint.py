"""``POST /graphql``: GraphQL over HTTP, with every limit before any work.

The endpoint runs graphql-core itself over Strawberry's schema: documents are parsed, measured and validated once and
kept, which a stack of extensions would do again for each request.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from inspect import isawaitable
from typing import Any
from uuid import uuid4

import orjson
from graphql import ExecutionResult, GraphQLSchema, execute
from graphql.execution.incremental.incremental_executor import IncrementalExecutor
from starlette.requests import Request
from starlette.responses import Response

from db.faults import is_unavailable
from domain.permission import Action, has_right
from resolvers.context import Context, Services
from resolvers.sign_in import SignedIn
from web.authentication import Authenticator
from web.documents import CheckedDocument, Documents
from web.error_masking import fault, shown
from web.metrics import observe
from web.plain_executor import PlainExecutor, is_awaitable
from web.request_body import GraphQLParams, read_params
from web.request_error import RequestError

RESPONSE_JSON = "application/graphql-response+json"
LEGACY_JSON = "application/json"
UNWATCHED_SECONDS = 0.05
Body = dict[str, Any]


class GraphQLEndpoint:
    """One per process. ``request_timeout`` and ``body_limit`` are in seconds and bytes."""

    def __init__(
        self, schema: GraphQLSchema, services: Services, authenticator: Authenticator, *,
        request_timeout: float, body_limit: int, is_production: bool, query_plans: bool = True,
    ) -> None:
        self._schema = schema
        self._services = services
        self._authenticator = authenticator
        self._documents = Documents(schema)
        self._timeout = request_timeout
        self._body_limit = body_limit
        self._is_production = is_production
        self._query_plans = query_plans

    async def __call__(self, request: Request) -> Response:
        """Any request error, any fault: always an answer that says what to do."""
        started = time.perf_counter()
        request_id = request.scope.setdefault("state", {}).get("request_id") or uuid4().hex
        media = accepted_media(request.headers.get("accept"))
        try:
            if media is None:
                message = f"This endpoint answers {RESPONSE_JSON} or {LEGACY_JSON}."
                raise RequestError(message, status=406)
            response = await self._answer(request, request_id, media)
        except RequestError as refused:
            response = refusal(refused, media or LEGACY_JSON)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - the border: nothing may escape unmasked
            response = _fault_response(error, request_id, media or LEGACY_JSON)
        observe(response.status_code, time.perf_counter() - started)
        return response

    async def _answer(self, request: Request, request_id: str, media: str) -> Response:
        ends = asyncio.get_running_loop().time() + self._timeout
        async with asyncio.timeout_at(ends):
            caller = await self._authenticator.caller(request)
        params = await read_params(request, self._body_limit)
        checked = self._documents.check(params.query)
        self._documents.check_nodes(checked, params.operation_name, params.variables)
        self._may_introspect(checked, caller)
        context = Context(self._services, caller.principal, caller.account, request_id)
        context.document_memo = checked.memo_for(params.operation_name, params.variables)
        if checked.is_mutation(params.operation_name):
            # what was begun is finished: a client that hangs up must not cut a paid call or a recorded answer
            result = await asyncio.shield(asyncio.ensure_future(self._run(checked, params, context, ends)))
        else:
            result = await until_hang_up(request, self._run(checked, params, context, ends))
        return self._result(result, request_id, media)

    def _may_introspect(self, checked: CheckedDocument, caller: SignedIn) -> None:
        if checked.introspects and self._is_production and not has_right(caller.principal, Action.EXPLORE):
            message = "Your role may not explore the schema. Ask an admin of your account."
            raise RequestError(message, status=403, code="FORBIDDEN", is_graphql=True)

    async def _run(
        self, checked: CheckedDocument, params: GraphQLParams, context: Context, ends: float
    ) -> ExecutionResult:
        try:
            async with asyncio.timeout_at(ends) as deadline:
                loop = asyncio.get_running_loop()
                context.extend_deadline = lambda seconds: deadline.reschedule(
                    max(deadline.when() or 0.0, loop.time() + seconds)
                )
                result = execute(
                    self._schema, checked.document, context_value=context, variable_values=params.variables,
                    operation_name=params.operation_name, hide_suggestions=True, is_awaitable=is_awaitable,
                    executor_class=PlainExecutor if self._query_plans else IncrementalExecutor,
                )
                done = await result if isawaitable(result) else result
        except TimeoutError:
            message = "The request took too long and was stopped. Ask for less, or repeat with the same key."
            raise RequestError(message, status=504, code="TIMEOUT", is_graphql=True) from None
        return done

    def _result(self, result: ExecutionResult, request_id: str, media: str) -> Response:
        body: Body = {}
        if result.errors:
            body["errors"] = shown(result.errors, request_id)
        never_ran = result.data is None and result.errors and all(error.path is None for error in result.errors)
        if not never_ran:
            body["data"] = result.data
        status = 400 if never_ran and media == RESPONSE_JSON else 200
        return json_response(body, status, media)


def accepted_media(accept: str | None) -> str | None:
    """The media type to answer with, or None when the client takes neither."""
    if not accept or not accept.strip():
        return LEGACY_JSON
    best: tuple[float, int, str] | None = None
    for order, part in enumerate(accept.split(",")):
        kind, *parameters = [piece.strip().lower() for piece in part.split(";")]
        media = {RESPONSE_JSON: RESPONSE_JSON, LEGACY_JSON: LEGACY_JSON, "application/*": LEGACY_JSON,
                 "*/*": LEGACY_JSON}.get(kind)
        quality = _quality(parameters)
        if media and quality > 0 and (best is None or quality > best[0]):
            best = (quality, order, media)
    return best[2] if best else None


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            with suppress(ValueError):
                return float(parameter[2:])
            return 0.0
    return 1.0


def json_response(body: Body, status: int, media: str, headers: dict[str, str] | None = None) -> Response:
    content = orjson.dumps(body, default=str)
    return Response(content, status, {"cache-control": "no-store", **(headers or {})}, f"{media}; charset=utf-8")


def refusal(refused: RequestError, media: str) -> Response:
    """A GraphQL mistake is 200 for legacy clients, as the specification wants; everything else keeps its status."""
    status = 200 if refused.is_graphql and media == LEGACY_JSON else refused.status
    return json_response({"errors": refused.errors}, status, media, refused.headers)


def _fault_response(error: Exception, request_id: str, media: str) -> Response:
    message, extensions = fault(error, request_id)
    status = 503 if is_unavailable(error) else 500
    headers = {"retry-after": "1"} if status == 503 else {}
    return json_response({"errors": [{"message": message, "extensions": extensions}]}, status, media, headers)


async def until_hang_up(request: Request, work: Awaitable[ExecutionResult]) -> ExecutionResult:
    """Run a query until it is done or its client has gone; then it is cancelled, and its connections come back.

    Who takes longer than a moment is watched; most are done before that, and a watcher costs a task.
    """
    watch = _Watch(request, asyncio.current_task())
    timer = asyncio.get_running_loop().call_later(UNWATCHED_SECONDS, watch.begin)
    try:
        return await work
    except asyncio.CancelledError:
        if not watch.is_gone:
            raise
        message = "The client went away."
        raise RequestError(message, status=499) from None
    finally:
        timer.cancel()
        watch.end()


class _Watch:
    """Cancels a task when its client hangs up."""

    def __init__(self, request: Request, watched: asyncio.Task[Any] | None) -> None:
        self._request = request
        self._watched = watched
        self._task: asyncio.Task[None] | None = None
        self.is_gone = False

    def begin(self) -> None:
        self._task = asyncio.ensure_future(self._until_gone())

    def end(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _until_gone(self) -> None:
        await _disconnect(self._request.receive)
        if self._watched is not None and not self._watched.done():
            self.is_gone = self._watched.cancel()


async def _disconnect(receive: Callable[[], Awaitable[Any]]) -> None:
    while (await receive()).get("type") != "http.disconnect":
        pass
