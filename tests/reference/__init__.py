"""The model a second time: plain Python, written from ODD.md and not from the engine."""
