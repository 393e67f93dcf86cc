"""Metrics of pictures, lips and time: what trainings, evaluation and benchmarks compute alike."""
