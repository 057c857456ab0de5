import integrations.one_thread  # noqa: F401 - before numpy
