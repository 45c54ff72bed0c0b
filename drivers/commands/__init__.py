"""`zhizhu device …`: what is plugged in, one reading, one slip, one simulated device. A file a command."""

from __future__ import annotations

import click

from drivers.commands.baud import baud
from drivers.commands.capture import capture
from drivers.commands.listing import list_
from drivers.commands.new import new
from drivers.commands.printing import print_
from drivers.commands.read import read
from drivers.commands.replay import replay
from drivers.commands.simulate import simulate_


@click.group()
def device() -> None:
    """设备：看接口、读一次、打一张、模拟一台。Devices: list, read, print, simulate."""


for command in (list_, read, print_, simulate_, new, capture, replay, baud):
    device.add_command(command)
