"""Connections: edges, nodes, pageInfo and a count that is made only when asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from operator import attrgetter
from typing import Annotated, Any, Generic, TypeVar, get_origin

import strawberry

from resolvers.paging import DEFAULT_PAGE, MAX_PAGE, BadCursor, Page
from resolvers.public_error import PublicError
from schema.types.lazily import made, read_lazily

T = TypeVar("T")

First = Annotated[int | None, strawberry.argument(description="How many at most: 1 to 100. Default 20.")]
After = Annotated[str | None, strawberry.argument(description="Cursor of the item before the first one wanted.")]


@read_lazily(
    "page", has_next_page=attrgetter("page.has_next"), has_previous_page=attrgetter("page.has_previous"),
    start_cursor=lambda one: one.page.cursors[0] if one.page.cursors else None,
    end_cursor=lambda one: one.page.cursors[-1] if one.page.cursors else None,
)
@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there are more after this page.")
    has_previous_page: bool = strawberry.field(description="Whether there are some before this page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first item.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last item; give it as `after` for more.")
    page: strawberry.Private[Page[Any]]


@strawberry.type(description="An item and its place in the list.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="The item's place, opaque; valid in the same order and filter.")
    node: T = strawberry.field(description="The item.")


def _edges(one: Any) -> list[Edge[Any]]:
    return [Edge(cursor=cursor, node=node) for cursor, node in zip(one.page.cursors, one.nodes, strict=True)]


@read_lazily("page", nodes=attrgetter("items"), edges=_edges, page_info=lambda one: made(PageInfo, page=one.page))
@strawberry.type(description="One page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="Items with their cursors.")
    nodes: list[T] = strawberry.field(description="The items alone.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")
    page: strawberry.Private[Page[Any]]
    items: strawberry.Private[list[Any]]
    counter: strawberry.Private[Callable[[], Awaitable[int]] | None] = None

    @strawberry.field(description="How many there are in all; costs a count, so ask only when it is shown.")
    async def total_count(self) -> int:
        return await self.counter() if self.counter else len(self.nodes)


def page_size(first: int | None) -> int:
    """Check ``first``; raises ``PublicError`` BAD_REQUEST outside 1 to 100."""
    if first is None:
        return DEFAULT_PAGE
    if not 1 <= first <= MAX_PAGE:
        raise PublicError("BAD_REQUEST", f"`first` must be between 1 and {MAX_PAGE}.")
    return first


async def paged(load: Callable[[], Awaitable[Page[Any]]]) -> Page[Any]:
    """Load a page; a cursor that does not fit becomes BAD_REQUEST."""
    try:
        return await load()
    except BadCursor:
        message = "`after` is no cursor of this list in this order; start again without it."
        raise PublicError("BAD_REQUEST", message) from None


def connection(
    kind: type[Connection[T]], page: Page[Any], convert: Callable[[Any], T],
    counter: Callable[[], Awaitable[int]] | None = None,
) -> Connection[T]:
    """A page as its GraphQL type."""
    own: type[Connection[T]] = get_origin(kind) or kind
    return made(own, page=page, items=[convert(row) for row in page.rows], counter=counter)
