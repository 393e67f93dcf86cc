"""The trainer that all networks share: optimisation, EMA, schedule, checkpoints, loop and log."""
