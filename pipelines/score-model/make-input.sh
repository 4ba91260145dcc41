#!/bin/sh
# Makes points.csv and model.txt in input/ again: points on two half circles that lie in each other, and a net that has
# learned on others of the kind which half circle a point is of.
set -eu
cd "$(dirname "$0")/input"
awk 'function random() { seed = (16807 * seed) % 2147483647; return seed / 2147483647 }
  function point(    angle) {
    label = random() < 0.5; angle = 3.14159265 * random()
    x = (label ? 1 - cos(angle) : cos(angle)) + 0.9 * (random() - 0.5)
    y = (label ? 0.5 - sin(angle) : sin(angle)) + 0.9 * (random() - 0.5)
  }
  BEGIN {
    seed = 99991; hidden = 8; rate = 0.05
    for (h = 1; h <= hidden; h++) { a[h] = 2 * random() - 1; b[h] = 2 * random() - 1; c[h] = random() - 0.5; w[h] = 2 * random() - 1 }
    for (step = 0; step < 60000; step++) {
      point(); score = bias
      for (h = 1; h <= hidden; h++) { net[h] = a[h] * x + b[h] * y + c[h]; if (net[h] > 0) score += w[h] * net[h] }
      wrong = 1 / (1 + exp(-score)) - label; bias -= rate * wrong
      for (h = 1; h <= hidden; h++) if (net[h] > 0) {
        back = wrong * w[h]; w[h] -= rate * wrong * net[h]
        a[h] -= rate * back * x; b[h] -= rate * back * y; c[h] -= rate * back
      }
    }
    for (h = 1; h <= hidden; h++) printf "%.3f %.3f %.3f %.3f\n", a[h], b[h], c[h], w[h] > "model.txt"
    printf "bias %.3f\n", bias > "model.txt"
    print "id,x,y,label" > "points.csv"
    for (i = 1; i <= 400; i++) { point(); printf "%d,%.3f,%.3f,%d\n", i, x, y, label > "points.csv" }
  }'
