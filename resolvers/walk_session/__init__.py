"""Walk sessions: reading them, and the commands that change them, one file a job."""
