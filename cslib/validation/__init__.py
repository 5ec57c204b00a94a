"""Rows held against the claims of the model: which are good, which are set aside and why, what their owner is asked."""
