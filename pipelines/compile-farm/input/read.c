#include <ctype.h>
#include "text.h"

void read_text(FILE *from, struct text *text) {
  int c, length = 0;
  do {
    c = getc(from);
    if (c != EOF && isalpha(c)) {
      length++;
      text->letters++;
    } else if (length > 0) {
      text->words++;
      text->lengths[length < 31 ? length : 31]++;
      length = 0;
    }
    text->lines += c == '\n';
  } while (c != EOF);
}
