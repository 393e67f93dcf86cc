"""A network that knows faces: who it is, how they hold their head, what their mouth says."""
