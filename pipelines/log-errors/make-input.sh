#!/bin/sh
# Makes the logs in input/ again: invented lines of three hosts on two days, from a generator with a fixed seed.
set -eu
cd "$(dirname "$0")/input"
awk 'function random(n) { seed = (16807 * seed) % 2147483647; return seed % n }
  BEGIN {
    seed = 4711
    said[0] = "INFO served /page/%d in %d ms"; said[1] = "INFO served /image/%d in %d ms"
    said[2] = "ERROR database: timeout of query %d after %d ms"; said[3] = "ERROR disk /dev/sd%d: %d sectors lost"
    said[4] = "ERROR upload %d refused: %d bytes are too many"; said[5] = "WARN queue %d has %d entries"
    said[6] = "ERROR worker %d died of signal %d"
    for (host = 1; host <= 3; host++)
      for (day = 1; day <= 2; day++) {
        file = sprintf("web-%d-2026-03-%02d.log", host, day)
        for (line = 0; line < 60; line++) {
          kind = random(12); if (kind > 6) kind = random(3)
          printf "2026-03-%02dT%02d:%02d:00Z " said[kind] "\n", day, line * 24 / 60, random(60), random(100), random(1000) > file
        }
      }
  }'
