"""Procedurally drawn characters, whose landmarks and mattes are known exactly."""
