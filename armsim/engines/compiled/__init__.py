"""The compiled engine: the same events as the reference engine, bit for bit, about a hundred times faster."""
