"""Stands in for `aplay` and `arecord`: hands its arguments and samples to the simulator behind a local socket.

It ends as the real ones do: 0 when every sample went through, 1 with a complaint when the device could not be had.
Run as a script by its own path; it imports nothing of ours, so that it starts as fast as the real ones.
"""

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
        if verdict == REFUSED:
            sys.stderr.buffer.write(simulator.makefile("rb").read())
            return 1
        if verdict != ENDED:
            return 1
        if program == "aplay":
            while piece := sys.stdin.buffer.read1(4096):
                simulator.sendall(piece)
            simulator.shutdown(socket.SHUT_WR)
            return 0 if simulator.recv(1) == ENDED else 1
        while piece := simulator.recv(4096):
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
        return 0


if __name__ == "__main__":
    folder, _, name = sys.argv[0].rpartition("/")
    sys.exit(main(name, sys.argv[1:], f"{folder}/socket"))
