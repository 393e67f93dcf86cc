"""A user's own talking-head films as training data, by the interface of the studio."""
