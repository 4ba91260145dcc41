#include "text.h"

double mean_length(const struct text *text) {
  return text->words == 0 ? 0 : (double) text->letters / (double) text->words;
}

int commonest_length(const struct text *text) {
  int length, commonest = 0;
  for (length = 1; length < 32; length++)
    if (text->lengths[length] > text->lengths[commonest]) commonest = length;
  return commonest;
}
