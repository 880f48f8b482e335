"""What the world says, row by row, beside what the model says: the scorecard."""
