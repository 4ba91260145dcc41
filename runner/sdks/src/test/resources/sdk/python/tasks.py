"""Sends each file of a folder to one of two machines, in capitals back into another folder."""

import asyncio
import os
import sys
from pathlib import Path

from yapapi import Golem, Task, events
from yapapi.payload import vm

machines = set()
both = asyncio.Event()
source, target = Path(sys.argv[1]), Path(sys.argv[2])


async def worker(context, tasks):
    machines.add(context.provider_id)
    if len(machines) == 2:
        both.set()
    await both.wait()
    async for task in tasks:
        name = task.data
        script = context.new_script()
        script.upload_file(source / name, f"/golem/work/{name}")
        size = script.run("/bin/sh", "-c", 'tr a-z A-Z < "$1" > "$1.out"; wc -c < "$1"', "sh", f"/golem/work/{name}")
        script.download_file(f"/golem/work/{name}.out", target / name)
        yield script
        task.accept_result(int((await size).stdout))


async def main():
    package = await vm.repo(
        image_tag="golem/alpine:latest", repository_url=os.environ["GOLEM_REGISTRY_URL"]
    )
    tasks = [Task(data=path.name) for path in source.iterdir()]
    failed = set()

    def watch(event):
        if isinstance(event, events.WorkerFinished) and event.exc_info:
            failed.add(event.agr_id)

    sizes = {}
    async with Golem(budget=1.0, subnet_tag="public", event_consumer=watch) as golem:
        async for task in golem.execute_tasks(worker, tasks, payload=package, max_workers=2):
            sizes[task.data] = task.result
    assert sizes == {path.name: path.stat().st_size for path in source.iterdir()}
    print(f"{len(sizes)} tasks on {len(machines)} machines, any lost: {len(failed) > 0}")


asyncio.run(main())
