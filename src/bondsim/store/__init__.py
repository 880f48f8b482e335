"""From runs to folders, and back: what is kept of a run and how it is repeated."""
