"""Simulated devices: the other end of a wire, with a door to break it by.

with simulate("id_card").start(control="127.0.0.1:0") as simulation:
    simulation.link       # what a driver opens
    simulation.control    # http://127.0.0.1:PORT with /openapi.json: state, faults, situations, and what the kind adds
    simulation.device     # the same device in this process; its methods are safe from any thread
"""

from drivers.simulation.device import NotPossible, SimulatedDevice, Situation
from drivers.simulation.simulation import Simulation, simulate
from drivers.simulation.wire_device import WireDevice

__all__ = ["NotPossible", "SimulatedDevice", "Simulation", "Situation", "WireDevice", "simulate"]
