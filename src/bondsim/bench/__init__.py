"""`bondsim bench`: how fast the model is, beside what it is measured against in the same run.

Every part measures in a process of its own (`bondsim.bench.parts`), so that no part warms, slows or
swells another. What is compared takes turns, and a ratio is the median of the ratios of the single
turns: a machine that drifts drifts for both.
"""
