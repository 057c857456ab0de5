"""The background shell: what is due is found across accounts, and done inside one account at a time."""
