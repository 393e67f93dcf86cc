"""Which engines there are, for those who choose one without opening it."""

AUTO = "auto"

ENGINES = {
    AUTO: "The best engine that runs in real time on this machine",
    "neural": "Neural: a trained avatar model draws the face",
    "puppet": "Puppet: moves the photo itself, on any CPU",
    "testcard": "Test card: a bar that rises with the voice",
}
"""Name and title of each, the preferred one first."""
