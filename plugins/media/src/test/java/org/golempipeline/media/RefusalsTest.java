package org.golempipeline.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Shell;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.StrategyException;
import org.golempipeline.strategy.testing.JsonText;
import org.golempipeline.strategy.testing.LocalShell;
import org.golempipeline.strategy.testing.TestSplitContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be cut, in the user's words. */
@Timeout(240)
class RefusalsTest {
  private static final Options OPTIONS = JsonText.options("{\"seconds\": 1}");
  private static final String CLIP = "-f lavfi -i testsrc2=s=96x64:r=25:d=3 -c:v libx264 -g 25";

  @TempDir private Path folder;

  @Test
  void aTextIsNoVideo() {
    assertThat(refused("notes.txt", "Just some words.\n".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(
            "`notes.txt` is not a video: `ffprobe` says: Invalid data found when processing input.");
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    var context =
        new TestSplitContext(folder.resolve("piped"), OPTIONS).input("a.mp4", new byte[9]);
    Files.delete(context.base().resolve("a.mp4"));
    new ProcessBuilder("mkfifo", context.base().resolve("a.mp4").toString()).start().waitFor();
    assertThatThrownBy(() -> new SegmentsSplit().split(context)).hasMessageContaining("is a pipe");
  }

  @Test
  void aPlaylistIsNoVideo() {
    var playlist = "#EXTM3U\n#EXTINF:4,\nhttp://localhost/a.ts\n";
    assertThat(refused("list.m3u8", playlist.getBytes(StandardCharsets.UTF_8)))
        .startsWith("`list.m3u8` is not a video: ");
  }

  @Test
  void soundWithACoverIsNoVideo() throws Exception {
    var cover = new Studio(folder).clip("cover.png", "-f lavfi -i testsrc2=s=96x64 -frames:v 1");
    var sound = folder.resolve("song.m4a");
    Ffmpeg.run(
        "-f lavfi -i sine=d=2 -i @ -map 0 -map 1 -c:v copy -disposition:v:0 attached_pic @",
        cover,
        sound);

    assertThat(refused("song.m4a", Files.readAllBytes(sound)))
        .isEqualTo("`song.m4a` is not a video: `ffprobe` says: it has no video stream.");
  }

  @Test
  void halfAVideoIsNone() throws Exception {
    var video = Files.readAllBytes(new Studio(folder).clip("a.mp4", CLIP));

    assertThat(refused("a.mp4", Arrays.copyOf(video, video.length / 2)))
        .startsWith("`a.mp4` is not a video: `ffprobe` says: ")
        .contains("moov atom not found");
  }

  @Test
  void picturesHiddenByAnEditListWouldComeBack() throws Exception {
    var video = new Studio(folder).clip("a.mp4", CLIP);
    var trimmed = folder.resolve("trimmed.mp4");
    Ffmpeg.run("-ss 1.5 -i @ -c copy @", video, trimmed);

    assertThat(refused("trimmed.mp4", Files.readAllBytes(trimmed)))
        .matches("`trimmed.mp4` hides \\d+ of its frames by an edit list, .*");
  }

  @Test
  void aFileOfTheWebIsNotHere() {
    var context = context();
    context.input(
        InputFile.remote(
            new InputFile.Remote(java.net.URI.create("https://example.com/a.mp4"), "ab"), "a.mp4"));

    assertThatThrownBy(() -> new SegmentsSplit().split(context))
        .isInstanceOf(StrategyException.class)
        .hasMessage("`a.mp4` is fetched by the provider and not on this machine.");
  }

  @Test
  void saysHowToGetWhatIsMissing() {
    var refused =
        splitWith(
            (what, text, variables, place) ->
                new LocalShell().run(what, "PATH=/nowhere\n" + text, variables, place));

    assertThat(refused).hasMessage("`ffprobe` is not installed on this machine.");
    assertThat(refused.hint().orElseThrow()).contains("apt install ffmpeg");
  }

  @Test
  void saysWhatKilledIt() throws Exception {
    var program = Files.createDirectory(folder.resolve("programs")).resolve("ffprobe");
    Files.writeString(program, "#!/bin/sh\nkill -KILL $$\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));

    var refused =
        splitWith(
            (what, text, variables, place) ->
                new LocalShell()
                    .run(
                        what,
                        "PATH='%s'\n%s".formatted(program.getParent(), text),
                        variables,
                        place));

    assertThat(refused).hasMessage("`ffprobe` was killed by signal 9.");
  }

  @Test
  void asksTheShellThatMayRefuse() {
    var refused =
        splitWith(
            (what, text, variables, place) -> {
              throw new StrategyException("`%s` is forbidden.".formatted(what));
            });

    assertThat(refused).hasMessage("`split.media/segments` is forbidden.");
  }

  private String refused(String path, byte[] content) {
    var context = context().input(path, content);
    var refused =
        catchThrowableOfType(StrategyException.class, () -> new SegmentsSplit().split(context));
    assertThat(refused.hint()).isPresent();
    return refused.getMessage();
  }

  private StrategyException splitWith(Shell shell) {
    var context = context().input("a.mp4", new byte[10]);
    var other = new WithShell(context, shell);
    return catchThrowableOfType(StrategyException.class, () -> new SegmentsSplit().split(other));
  }

  private TestSplitContext context() {
    return new TestSplitContext(folder.resolve("place"), OPTIONS);
  }

  private record WithShell(SplitContext context, Shell shell) implements SplitContext {
    @Override
    public Options options() {
      return context.options();
    }

    @Override
    public List<InputFile> inputs() {
      return context.inputs();
    }

    @Override
    public Path base() {
      return context.base();
    }

    @Override
    public Path workingFolder() {
      return context.workingFolder();
    }

    @Override
    public Map<String, String> variables() {
      return context.variables();
    }
  }
}
