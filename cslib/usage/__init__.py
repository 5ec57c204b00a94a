"""Usage summed up to customer-months where it lies, whether as any engine does it or by bit masks in DuckDB."""
