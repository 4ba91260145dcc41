package org.golempipeline.genomes;

/** The bytes that a line may have. */
enum Alphabet {
  ANYTHING(""),
  /** Letters for bases and amino acids in upper and lower case, gaps and stops. */
  SEQUENCE(letters() + "*-."),
  /** The same, and the numbers of colour space. */
  READ(letters() + "*-.0123"),
  QUALITIES(range('!', '~'));

  private final boolean[] members = new boolean[256];
  private final boolean all;

  Alphabet(String members) {
    for (var i = 0; i < members.length(); i++) {
      this.members[members.charAt(i)] = true;
    }
    all = members.isEmpty();
  }

  /** The index of the first byte between the two that is no member, or {@code to}. */
  int firstOther(byte[] bytes, int from, int to) {
    var at = all ? to : from;
    while (at < to && members[bytes[at] & 0xff]) {
      at++;
    }
    return at;
  }

  private static String letters() {
    return range('A', 'Z') + range('a', 'z');
  }

  private static String range(char first, char last) {
    var text = new StringBuilder();
    for (var c = first; c <= last; c++) {
      text.append(c);
    }
    return text.toString();
  }
}
