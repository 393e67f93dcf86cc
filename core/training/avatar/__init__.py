"""Train avatar models stage after stage: VAE, generator, distillation, adversarial decoder."""
