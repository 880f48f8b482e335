"""Studies: many runs by one plan, and their carrying out."""
