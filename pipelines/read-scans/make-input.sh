#!/bin/sh
# Makes the pages in input/ again: text of our own, set in DejaVu Sans and a little blurred and turned, as a scanner does.
set -eu
cd "$(dirname "$0")/input"
text=$(mktemp)
trap 'rm -f "$text"' EXIT
page() {
  cat > "$text"
  ffmpeg -v error -nostdin -y -f lavfi -i color=white:size=620x200,format=gray -vf \
    "drawtext=font='DejaVu Sans':fontsize=24:line_spacing=10:x=20:y=20:textfile=$text,rotate=0.004:fillcolor=white,boxblur=1" \
    -frames:v 1 "$1"
}
page page-1.png <<'TEXT'
The harbour master keeps a book.
Every ship that comes in is written
down with its name and its cargo.
TEXT
page page-2.png <<'TEXT'
On the first of May the Swallow
brought salt and the Heron brought
timber for the new harbour wall.
TEXT
page page-3.png <<'TEXT'
The wall was finished in August.
Since then no ship has been lost
in the harbour, says the book.
TEXT
