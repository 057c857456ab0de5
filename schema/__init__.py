"""What clients see. Types are filled from rows by ``from_row``; rules and statements live elsewhere."""
