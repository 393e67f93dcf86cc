"""Encode speech into mouth shapes, causally."""
