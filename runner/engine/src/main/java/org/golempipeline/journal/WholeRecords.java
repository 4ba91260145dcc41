package org.golempipeline.journal;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether records that were read have all that they promise: a damaged line can lack what nobody
 * who wrote one left out, and whoever reads it relies on that.
 */
final class WholeRecords {
  /** Of each type the components that are never null. */
  private static final ClassValue<List<Method>> REQUIRED =
      new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
          return Stream.of(type.getRecordComponents())
              .filter(each -> !each.getType().isPrimitive())
              .filter(each -> !each.getAnnotatedType().isAnnotationPresent(Nullable.class))
              .map(RecordComponent::getAccessor)
              .peek(each -> each.setAccessible(true))
              .toList();
        }
      };

  private WholeRecords() {}

  static boolean isWhole(@Nullable Object value) {
    if (value instanceof Collection<?> all) {
      return all.stream().allMatch(WholeRecords::isWhole);
    }
    if (!(value instanceof Record)) {
      return value != null;
    }
    try {
      for (var component : REQUIRED.get(value.getClass())) {
        if (!isWhole(component.invoke(value))) {
          return false;
        }
      }
      return true;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
