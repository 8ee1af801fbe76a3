"""The compiled engine: the same events and the same counts as the reference engine, as machine code."""
