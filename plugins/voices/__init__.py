"""Engines that speak a text, one file each."""
