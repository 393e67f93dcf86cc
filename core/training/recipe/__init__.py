"""Train a whole avatar model on an ordinary computer, from portraits to an exported file."""
