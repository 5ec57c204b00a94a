"""Usage summed up to customer-months where it is stored, either as any engine does it or by bit masks in DuckDB."""
