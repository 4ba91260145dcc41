package org.golempipeline.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class FragmentSetTest {
  @Property
  void holdsExactlyWhatItWasMadeOf(
      @ForAll @Size(max = 50) Set<@IntRange(max = 80) Integer> indexes) {
    var set = FragmentSet.of(indexes);
    assertThat(set.toArray()).containsExactly(indexes.stream().mapToInt(i -> i).sorted().toArray());
    assertThat(set.size()).isEqualTo(indexes.size());
    for (var i = 0; i < 82; i++) {
      assertThat(set.contains(i)).isEqualTo(indexes.contains(i));
    }
  }

  @Property
  void isReadFromWhatItPrints(@ForAll @Size(max = 50) Set<@IntRange(max = 80) Integer> indexes) {
    var set = FragmentSet.of(indexes);
    assertThat(FragmentSet.parse(set.toString())).isEqualTo(set).hasSameHashCodeAs(set);
  }
}
