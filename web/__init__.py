"""Starlette glue: who is calling, the GraphQL endpoint, pages, health, metrics."""
