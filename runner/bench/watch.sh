#!/bin/sh
# How long whoever watches a large run waits. Makes up a run of F fragments (default 100000) on 40 providers,
# prints what drawing a frame of the terminal takes, serves the run's page with `watch --web` while its journal
# is still open, and opens that in Chromium R times (default 5). Needs Maven; the page needs a browser.
set -eu

fragments=${1:-100000}
rounds=${2:-5}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

"$root/golem-pipeline" --version
mvn -B -q -Dquick -f "$root/pom.xml" -pl runner/cli -am -DskipTests test-compile \
  dependency:build-classpath -Dmdep.outputFile="$work/classpath" -Dmdep.includeScope=test
mkdir "$work/run"
java -Xshare:auto -XX:+UseSerialGC -XX:-UsePerfData -Xmx512m \
  -cp "$root/runner/cli/target/test-classes:$root/runner/cli/target/classes:$(cat "$work/classpath")" \
  org.golempipeline.report.WatchBench "$fragments" "$work/run" "$root/golem-pipeline" "$rounds"
