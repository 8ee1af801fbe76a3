"""What a person writes, read, checked and resolved."""
