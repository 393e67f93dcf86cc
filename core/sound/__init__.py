"""Where the avatar's sound goes: a microphone others can choose, a cable, or somebody's ears."""
