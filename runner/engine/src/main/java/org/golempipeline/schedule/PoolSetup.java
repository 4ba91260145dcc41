package org.golempipeline.schedule;

/**
 * Machines that can stand in for one another: the same image and resources.
 *
 * @param label the image, for people
 * @param threads that are asked of each; 0 where it was not written down
 * @param local whether they are this machine, for audits that only it can be trusted with
 */
public record PoolSetup(String label, int threads, boolean local) {}
