"""Stands in for `aplay` and `arecord`: hands its arguments and samples to the simulator behind a local socket.

It ends as the real ones do: 0 when every sample went through, 1 with a complaint when the device could not be had.
Run as a script by its own path; it imports nothing of ours, so that it starts as fast as the real ones.
"""

import os
import socket
import sys

# The socket lies beside the script, which is called by the name of the program it stands in for.
ENDED, REFUSED = b"+", b"-"


def main(program: str, arguments: list[str], where: str) -> int:
    """One run."""
    with socket.socket(socket.AF_UNIX) as simulator:
        simulator.connect(where)
        simulator.sendall("\0".join((program, *arguments)).encode() + b"\n")
        verdict = simulator.recv(1)
        if verdict == ENDED:
            return play(simulator) if program == "aplay" else record(simulator)
        if verdict == REFUSED:
            sys.stderr.buffer.write(simulator.makefile("rb").read())
        return 1


def play(simulator: socket.socket) -> int:
    """What comes in goes to the loudspeaker, which says when it has played it."""
    try:
        while piece := os.read(sys.stdin.fileno(), 4096):
            simulator.sendall(piece)
        simulator.shutdown(socket.SHUT_WR)
        if simulator.recv(1) == ENDED:
            return 0
    except OSError:
        pass  # the card failed midway: told below, as the real one tells it
    sys.stderr.write("aplay: pcm_write:2127: write error: Input/output error\n")
    return 1


def record(simulator: socket.socket) -> int:
    """What the microphone hears goes out, as it comes."""
    while piece := simulator.recv(4096):
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    folder, _, name = sys.argv[0].rpartition("/")
    sys.exit(main(name, sys.argv[1:], f"{folder}/socket"))
