"""Input types, one noun a file."""
