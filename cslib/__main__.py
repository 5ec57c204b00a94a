"""`python -m cslib` is the command line, and so is `cslib`."""

import sys

from cslib.shutdown import install_handlers


def main() -> None:
    """Run the command line; on Linux and macOS, whose locks and forks it rests on."""
    if sys.platform == "win32":
        sys.exit("cslib: wanted Linux or macOS; found Windows: run it in WSL, the Linux that Windows brings along")
    install_handlers()  # before the imports, which take a second
    from cslib.cli import app  # noqa: PLC0415

    app()


if __name__ == "__main__":
    main()
