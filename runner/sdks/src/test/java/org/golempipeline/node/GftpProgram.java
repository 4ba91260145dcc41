package org.golempipeline.node;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.files.GftpServer;

/** What SDKs start as {@code gftp server}. */
final class GftpProgram {
  private GftpProgram() {}

  public static void main(String[] arguments) throws IOException {
    Map<String, String> environment = System.getenv();
    GolemConnection connection =
        new GolemConnection(
            URI.create(environment.get("YAGNA_API_URL")), environment.get("YAGNA_APPKEY"));
    GftpServer.serve(connection, System.in, System.out);
  }

  /** Puts it into a folder under the name by which it is looked for. */
  static void install(Path folder) throws IOException {
    Path program = folder.resolve("gftp");
    Files.writeString(
        program,
        """
        #!/bin/sh
        exec '%s' -XX:TieredStopAtLevel=1 -cp '%s' %s "$@"
        """
            .formatted(
                Path.of(System.getProperty("java.home"), "bin/java"),
                System.getProperty("java.class.path"),
                GftpProgram.class.getName()));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
