"""What caused what: twins, channels, league and audit, on worlds whose truth is known."""
