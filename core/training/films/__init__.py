"""A user's own talking-head films as training data, in the form of the studio's clips."""
