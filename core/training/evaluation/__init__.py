"""Evaluation of a checkpoint on people and voices of the validation set, beside its baselines."""
