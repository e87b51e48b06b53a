"""Simulated players with tastes that are known, to see whether ours finds them out."""
