"""What each command of `bondsim` does with its words."""
