"""Training of avatar models, stage after stage, on clips that know the truth about themselves."""
