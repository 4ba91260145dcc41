package groovy.lang;

/**
 * Answers picocli, which asks at every start whether there is such a class: without one, the JVM
 * opens every jar to be sure. Plugins do not see it, so they may bring the real one.
 */
public abstract class Closure {
  private Closure() {}
}
