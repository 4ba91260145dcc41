#!/bin/sh
# Makes the two clips in input/ again: moving shapes with a tone, and a fractal without sound.
set -eu
cd "$(dirname "$0")/input"
ffmpeg -v error -nostdin -y -f lavfi -i testsrc2=size=160x90:rate=25:duration=12 \
  -f lavfi -i "sine=frequency=440:beep_factor=4:duration=12" \
  -c:v libx264 -preset slow -crf 34 -g 40 -bf 2 -c:a aac -b:a 32k \
  -metadata title="Moving shapes" -fflags +bitexact -flags +bitexact shapes.mp4
ffmpeg -v error -nostdin -y -f lavfi -i mandelbrot=size=128x72:rate=24 -t 8 \
  -c:v libx264 -preset slow -crf 34 -g 48 -bf 2 -pix_fmt yuv420p \
  -fflags +bitexact -flags +bitexact fractal.mp4
