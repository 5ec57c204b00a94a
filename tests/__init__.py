"""The tests; their folders mirror the library."""
