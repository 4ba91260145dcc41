#ifndef TEXT_H
#define TEXT_H

#include <stdio.h>

/* What is known of a text. */
struct text {
  long lines, words, letters;
  long lengths[32]; /* how many words of each length; longer ones count as 31 */
};

void read_text(FILE *from, struct text *text);
double mean_length(const struct text *text);
int commonest_length(const struct text *text);
void print_report(FILE *to, const struct text *text);

#endif
