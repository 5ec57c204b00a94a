"""Files of every kind that the product reads, damaged at random, through every command: what becomes of each."""
