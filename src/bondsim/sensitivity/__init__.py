"""Sensitivity: which parameters an outcome answers to, and what of it is luck."""
