"""Published and exact numbers of others, met by whole scenarios; `write.py` writes the page about them."""
