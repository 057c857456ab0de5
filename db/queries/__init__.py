"""Statements worth a name: columns chosen, to-one edges joined."""
