"""Train and evaluate the face finder: corpus, augmentation, compositing, losses, metrics."""
