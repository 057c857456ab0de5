"""Output types, one noun a file."""
