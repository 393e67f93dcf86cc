"""Fine-tuning: a model that everybody has learns one person from a film of theirs."""
