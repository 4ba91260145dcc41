package org.golempipeline.spec;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Keys that other tools have, with what is written here for what they mean. */
final class ForeignKeys {
  private static final Map<String, String> CURES = cures();

  private ForeignKeys() {}

  /** The cure for a key that is none of ours. */
  static Optional<String> cure(String key) {
    return Optional.ofNullable(CURES.get(key.replace('-', '_')));
  }

  private static Map<String, String> cures() {
    var cures = new HashMap<String, String>();
    put(
        cures,
        "Declare values under `params` and name them as `\"$name\"`; a secret is `params: { token:"
            + " { secret: true, env: TOKEN } }`.",
        "env environment vars variables args arguments");
    put(
        cures,
        "Write `run: |` and the command on the next line.",
        "shell command commands cmd script bash sh exec entrypoint program");
    put(
        cures,
        "Write `stages:` and below it the name of each step, with its keys below that.",
        "steps jobs job tasks task rules rule process processes workflow stage");
    put(
        cures,
        "Write `from: STAGE` to read what a stage makes, or `needs: STAGE` to wait for it only.",
        "depends_on dependson depends after requires dependencies");
    put(
        cures,
        "Write `image:` with a registry tag such as `golem/alpine:latest`.",
        "container docker singularity conda runs_on uses");
    put(
        cures,
        "Write it below `resources`, as `resources: { threads: 4, memory: 4GiB, storage: 10GiB }`.",
        "cpu cpus cores threads mem memory ram disk storage capabilities");
    put(cures, "Write `resources: { capabilities: [gpu] }`.", "gpu gpus");
    put(
        cures,
        "Write `retry: { attempts: 3 }`.",
        "retries attempts max_retries maxretries max_attempts error_strategy errorstrategy");
    put(
        cures,
        "Write `workers: 10` at the top level of the file.",
        "parallel parallelism concurrency max_workers max_parallel maxforks jobs_at_once");
    put(
        cures,
        "Write `timeout: 10m`.",
        "timeout_minutes timeout_seconds timeoutseconds time walltime deadline time_limit");
    put(
        cures,
        "Write the values under `matrix`, as `matrix: { crf: [18, 23] }`.",
        "strategy each foreach for_each with_items scatter sweep");
    put(
        cures,
        "Write `input:` with a glob, and `output:` with the result.",
        "data source sources src dest destination target publish publishdir");
    put(cures, "List the files under `files:`.", "mount mounts volumes volume upload uploads bind");
    return Map.copyOf(cures);
  }

  private static void put(Map<String, String> cures, String cure, String keys) {
    for (var key : keys.split(" ")) {
      cures.put(key, cure);
    }
  }
}
