"""A progress bar on the command line."""

from tqdm import tqdm


class Bar(tqdm):  # type: ignore[misc]
    """A progress bar without a thread of its own."""

    monitor_interval = 0
