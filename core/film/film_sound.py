"""How the sound of a film is kept: small, or as it was heard (decision 0066)."""

AAC, LOSSLESS = "aac", "lossless"
SOUNDS = (AAC, LOSSLESS)
"""The first plays everywhere; the second loses nothing, for those who edit or measure."""
