"""Follows what a command writes by its events, from before its start to its end."""

import asyncio
import os

from yapapi import Golem, Task, events
from yapapi.payload import vm

text = []


async def worker(context, tasks):
    async for task in tasks:
        script = context.new_script()
        script.run("/bin/sh", "-c", "seq 1 200000; echo late >&2")
        yield script
        task.accept_result()


def watch(event):
    if isinstance(event, events.CommandStdOut):
        text.append(event.output)
    elif isinstance(event, events.CommandStdErr):
        print(f"stderr {event.output.strip()}")


async def main():
    package = await vm.repo(
        image_tag="golem/alpine:latest", repository_url=os.environ["GOLEM_REGISTRY_URL"]
    )
    async with Golem(
        budget=1.0, subnet_tag="public", event_consumer=watch, stream_output=True
    ) as golem:
        async for _ in golem.execute_tasks(worker, [Task(data=None)], payload=package):
            pass
    deployed, *rest = text
    expected = "".join(f"{number}\n" for number in range(1, 200001))
    print(f"deployed {'valid' in deployed}, whole {''.join(rest) == expected}")


asyncio.run(main())
