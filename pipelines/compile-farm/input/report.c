#include "text.h"

void print_report(FILE *to, const struct text *text) {
  fprintf(to, "lines %ld\nwords %ld\n", text->lines, text->words);
  fprintf(to, "letters in a word %.2f, mostly %d\n", mean_length(text), commonest_length(text));
}
