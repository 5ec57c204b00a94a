"""The health score: what it is made of, and whether it has told losses before they came."""
