"""Who and what serves the customers: touch models, hours, and how the teams hand over to one another."""
