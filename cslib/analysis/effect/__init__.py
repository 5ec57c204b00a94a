"""Is it Customer Success's effect? Each programme held against customers like its participants."""
