"""What was to be reached: actions and what came of them, and targets that contradict each other."""
