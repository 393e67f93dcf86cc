"""Training and judging the face finder: corpus, augmentation, scenes, loop, evaluation."""
