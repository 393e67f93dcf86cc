"""Benchmarks of the program on this machine: always ratios of things measured in one run."""
