"""Talking clips with exact ground truth, made from still portraits on the training device."""
