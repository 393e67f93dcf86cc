"""How fast the program is on this machine: always ratios of things measured in one run."""
