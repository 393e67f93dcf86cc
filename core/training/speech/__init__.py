"""Train the speech encoder on synthetic speech."""
