"""Mutation fields with their payloads, one noun a file."""
