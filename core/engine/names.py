"""Which engines there are, for those who choose one without opening it."""

from core.sentence import said

AUTO = "auto"

ENGINES: dict[str, str] = {
    AUTO: said("The best engine that runs in real time on this machine"),
    "neural": said("Neural: a trained avatar model draws the face"),
    "puppet": said("Puppet: moves the photo itself, on any CPU"),
    "testcard": said("Test card: a bar that rises with the voice"),
}
"""Name and title of each, the preferred one first."""
