"""`python -m cslib` is the command line, and so is `cslib`."""

from cslib.ending import heed


def main() -> None:
    """Run the command line."""
    heed()  # before the imports, which take a second
    from cslib.cli import app  # noqa: PLC0415

    app()


if __name__ == "__main__":
    main()
