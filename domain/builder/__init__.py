"""The AI builder's pure half: what may enter a prompt, and which of a model's answers may be served."""
