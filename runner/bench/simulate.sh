#!/bin/sh
# What the scheduler costs: one simulated run in virtual time of F fragments (default 1000000) on P
# providers (default 10000), some of which vanish, stall, fail or are slow, in a heap of 256 MiB.
# Prints seconds, messages, events and the virtual makespan. Needs Maven, and builds the engine's tests.
set -eu

providers=${1:-10000}
fragments=${2:-1000000}
root=$(cd "$(dirname "$0")/../.." && pwd)

mvn -B -q -f "$root/pom.xml" -pl runner/engine -am -DskipTests test-compile
java -Xmx256m \
  -cp "$root/runner/engine/target/test-classes:$root/runner/engine/target/classes:$root/schema/target/classes:$root/plugins/api/target/classes" \
  org.golempipeline.schedule.SimulationBench "$providers" "$fragments"
