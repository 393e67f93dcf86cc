"""The judge: how good a checkpoint is, measured on people and voices it never met."""
