"""How a field is answered: authorise, load (and lock), ask the domain, persist, record what must be sent, commit.

Rows and domain objects come out, never GraphQL types. Rows of a tenant are reached through ``resolvers.access`` only.
"""
