"""The scenario as a chain of gates: how far customers have come, where it breaks, what share of them a goal would take."""
