"""What is read out of the long table and the facts: comparisons, the people behind a number, lives of cohorts."""
