"""Root query fields, one noun a file."""
