"""The book: twelve customers small enough to read in full, with numbers worked by hand beside them."""
