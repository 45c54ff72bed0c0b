"""A queue that keeps item after item, for the power to be cut.

    python -m deploy.bench.queue_writer KIND FOLDER COUNT SIZE

Says each item's name on its standard output after the queue has said that it is kept, and waits for a byte before it
goes on. The queue is as its users get it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from deploy.bench.queues import open_queue


def main(kind: str, folder: str, count: str, size: str) -> None:
    """Keeps so many items and ends well."""
    queue = open_queue(kind, Path(folder), int(size), equal=False)
    for _ in range(int(count)):
        os.write(1, queue.put().encode("ascii") + b"\n")
        os.read(0, 1)
    queue.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
