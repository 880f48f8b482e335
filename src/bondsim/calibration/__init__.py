"""Calibration: which values of chosen parameters let the model show chosen rows of the targets."""
