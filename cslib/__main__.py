"""`python -m cslib` is the command line."""

from cslib.cli import main

main()
