"""Face embeddings: who it is, how they hold their head, what their mouth says."""
