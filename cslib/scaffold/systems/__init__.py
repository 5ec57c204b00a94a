"""Systems whose exports are recognised by their headers, each declared in a file of its own."""

from cslib.scaffold.systems.declaration import known_systems
from cslib.scaffold.systems.propose_known import propose_absent, propose_known
from cslib.scaffold.systems.recognise import Recognised, recognise

__all__ = ["Recognised", "known_systems", "propose_absent", "propose_known", "recognise"]
