"""The CSMs and their portfolios, as far as chance allows to tell them apart."""
