"""Where the customers stand on their way, who is stuck, and whom to ask to speak for the product."""
