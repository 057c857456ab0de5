"""PostgreSQL: the two doors, the embedded server, models and the queries worth a name."""
