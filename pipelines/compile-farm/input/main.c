#include "text.h"

int main(void) {
  struct text text = {0};
  read_text(stdin, &text);
  print_report(stdout, &text);
  return ferror(stdin) || fflush(stdout) != 0;
}
