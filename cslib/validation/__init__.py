"""Rows validated against the claims of the model: which are valid, which are quarantined and why, what is ambiguous."""
