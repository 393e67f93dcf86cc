"""The neural engine: an avatar model at work, live."""
