"""Face embedding network: training, verification metrics, perceptual distance."""
