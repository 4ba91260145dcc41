#!/bin/sh
# Makes the two tables in input/ again: invented customers and their orders, from a generator with a fixed seed.
set -eu
cd "$(dirname "$0")/input"
awk 'function random(n) { seed = (16807 * seed) % 2147483647; return seed % n }
  BEGIN {
    seed = 20011
    split("north east south west", regions, " ")
    print "customer,region" > "customers.csv"
    for (c = 1; c <= 60; c++) printf "c%03d,%s\n", (c * 37) % 61, regions[random(4) + 1] > "customers.csv"
    print "order,customer,day,amount" > "orders.csv"
    # c000 is in no table of customers.
    for (o = 1; o <= 400; o++)
      printf "%d,c%03d,2026-%02d-%02d,%d.%02d\n", o, random(61), random(3) + 1, random(28) + 1, random(200), random(100) > "orders.csv"
  }'
