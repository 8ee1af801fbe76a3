"""`python -m armsim` is the armsim command."""

from armsim.cli import main

if __name__ == "__main__":
    main()
