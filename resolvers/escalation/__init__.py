"""Escalations: making them, the queue, and what engineers do with them."""
