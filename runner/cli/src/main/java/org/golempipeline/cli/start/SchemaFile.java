package org.golempipeline.cli.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** The JSON Schema where the first line of the pipeline files in a folder finds it. */
final class SchemaFile {
  private static final String FOLDER = ".golem-pipeline";

  /** From the folder of the pipeline file. */
  static final String NAME = FOLDER + "/schema.json";

  private SchemaFile() {}

  /** Writes it, all or nothing, over one that is there. */
  static void write(Path folder, String schema) throws IOException {
    var target = folder.resolve(NAME);
    var own = folder.resolve(FOLDER);
    var made = !Files.exists(own);
    var part = own.resolve("schema-" + UUID.randomUUID() + ".part");
    try {
      Files.createDirectories(own);
      Files.writeString(part, schema);
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      try {
        Files.deleteIfExists(part);
        if (made) {
          Files.deleteIfExists(own);
        }
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }
}
