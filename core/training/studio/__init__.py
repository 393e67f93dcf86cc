"""Synthetic training clips with exact ground truth, rendered from portraits on the device."""
