"""Demo data."""
from cslib.demo.write import write_demo

__all__ = ["write_demo"]
