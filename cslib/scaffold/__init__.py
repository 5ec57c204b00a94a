"""A first `params/` folder, proposed from a person's own exports: which table is which, how it is read, what it unlocks."""

from cslib.scaffold.again import Addition, propose_again
from cslib.scaffold.named_files import named_files
from cslib.scaffold.params_folder import Proposal, propose, refuse_present
from cslib.scaffold.starter import write_examples

__all__ = [
    "Addition",
    "Given",
    "Proposal",
    "named_files",
    "propose",
    "propose_again",
    "refuse_present",
    "write_examples",
]
