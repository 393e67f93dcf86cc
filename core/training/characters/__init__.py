"""People who were drawn: characters of our own, whose landmarks are known exactly."""
