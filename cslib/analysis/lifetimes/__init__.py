"""How long customers stay: survival and cohorts."""
