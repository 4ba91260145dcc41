package org.golempipeline.oci;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.golempipeline.gvmi.GvmiFile;
import org.golempipeline.gvmi.ImageConfiguration;
import org.golempipeline.gvmi.ImageException;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.gvmi.Machine;
import org.golempipeline.gvmi.StoredImage;
import org.golempipeline.gvmi.StoredImage.Layer;
import org.golempipeline.gvmi.StoredImage.Origin;
import org.golempipeline.gvmi.Tar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageBuilderTest {
  @TempDir Path folder;
  private ImageStore store;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void open() {
    Machine.needs("sqfstar", "unsquashfs");
    store = new ImageStore(folder.resolve("images"), Clock.systemUTC());
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  /** Layers that do all that layers do. */
  private OciLayout difficult(String name, String compression) throws IOException {
    var random = new byte[300_000];
    new Random(1).nextBytes(random);
    var longName = "very/" + "long".repeat(40) + "/" + "name".repeat(50);
    return new OciLayout(folder.resolve(name))
        .layer(
            new Tar()
                .folder("bin", 0755)
                .file("bin/busybox", 0755, random)
                .hardLink("bin/sh", "bin/busybox")
                .hardLink("bin/ls", "bin/busybox")
                .file("bin/suid", 04755, new byte[] {1})
                .folder("golem", 0755)
                .folder("golem/work", 0755)
                .folder("home", 0755)
                .folder("dev", 0755)
                .folder("proc", 0555)
                .folder("sys", 0555)
                .folder("tmp", 01777)
                .folder("etc", 0755)
                .file("etc/old", "old")
                .file("etc/kept", "kept")
                .folder("opaque", 0755)
                .file("opaque/below", "below")
                .folder("opaque/deep", 0755)
                .file("opaque/deep/below", "below")
                .folder("folder-becomes-file", 0755)
                .file("folder-becomes-file/x", "x")
                .file("file-becomes-folder", "x")
                .folder("usr", 0755)
                .folder("usr/lib", 0755)
                .link("lib", "usr/lib")
                .link("abs", "/usr/lib")
                .link("out", "../../../etc/kept"),
            "gzip")
        .layer(
            new Tar()
                .folder("etc", 0700)
                .file("etc/.wh.old", "")
                .file("etc/new", "new")
                .folder("opaque", 0750)
                .file("opaque/.wh..wh..opq", "")
                .file("opaque/above", "above")
                .file("folder-becomes-file", "now a file")
                .folder("file-becomes-folder", 0711)
                .file("file-becomes-folder/y", "y")
                .file("bin/.wh.busybox", "")
                .file("lib/through-a-link", "x")
                .file("abs/through-another", "y")
                .folder("very", 0755)
                .folder("very/" + "long".repeat(40), 0755)
                .file(longName, "found")
                .file("ümläut", "ü")
                .file("theirs", new byte[] {2}, entry -> entry.setIds(1234, 70_000)),
            compression)
        .layer(
            new Tar()
                .file("bin/ls", 0711, new byte[] {3})
                .hardLink("again", "etc/new")
                .file("new-first", "z")
                .file(".wh.theirs", "")
                .file("etc/.wh.none", ""));
  }

  @Test
  void theFileSystemIsWhatAnotherProgramUnpacks() throws Exception {
    Machine.needs("umoci");
    var layout = difficult("layout", "gzip").write();
    var image = build(layout.toString());
    var ours = folder.resolve("ours");
    Machine.run(
        folder, "unsquashfs", "-quiet", "-no-progress", "-d", ours.toString(), image.toString());
    var bundle = folder.resolve("bundle");
    var unpack = new ArrayList<>(List.of("umoci", "unpack", "--image", layout + ":amd64"));
    if (!Machine.isRoot()) {
      unpack.add("--rootless");
    }
    unpack.add(bundle.toString());
    Machine.run(folder, unpack.toArray(String[]::new));
    assertThat(listing(ours)).isEqualTo(listing(bundle.resolve("rootfs"))).contains("again");
    assertThat(GvmiFile.read(image).configuration())
        .isEqualTo(
            new ImageConfiguration(
                List.of("PATH=/bin", "A=b"),
                Optional.empty(),
                List.of("/golem/work"),
                Optional.of("/home"),
                List.of(),
                List.of("sh")));
  }

  @Test
  void allFormsOfAnImageMakeTheSameBytes() throws Exception {
    Machine.needs("skopeo", "docker-registry");
    var layout = difficult("layout", "gzip").write();
    var image = GvmiFile.hash(build(layout.toString()));
    for (var compression : List.of("zstd", "")) {
      var other = difficult("layout-" + compression, compression).write();
      assertThat(GvmiFile.hash(build(other.toString()))).isEqualTo(image);
    }

    Machine.run(folder, "skopeo", "copy", "-q", "oci:layout:amd64", "docker-archive:saved.tar:x:1");
    assertThat(GvmiFile.hash(build("saved.tar"))).isEqualTo(image);
    Machine.run(folder, "gzip", "-k", "saved.tar");
    assertThat(GvmiFile.hash(build("./saved.tar.gz"))).isEqualTo(image);
    Machine.run(folder, "skopeo", "copy", "-q", "oci:layout:amd64", "oci-archive:oci.tar");
    assertThat(GvmiFile.hash(build("oci.tar"))).isEqualTo(image);

    try (var registry = LoopbackRegistry.start(folder)) {
      var tag = registry.host() + "/some/image:1";
      Machine.run(
          folder,
          "skopeo",
          "copy",
          "-q",
          "--dest-tls-verify=false",
          "oci:layout:amd64",
          "docker://" + tag);
      var source = ImageSource.of(tag, folder, RegistryLogins.NONE);
      var pulled = new ImageBuilder(store, ImageBuilder.LARGEST, said::add).build(source);
      assertThat(pulled.sha3()).isEqualTo(image);
      var digest =
          Machine.run(
                  folder,
                  "skopeo",
                  "inspect",
                  "--tls-verify=false",
                  "--format",
                  "{{.Digest}}",
                  "docker://" + tag)
              .strip();
      assertThat(source.digest()).isEqualTo(digest);
      var layers = pulled.layers();
      assertThat(layers).extracting(Layer::command).containsExactly("RUN 1", "RUN 2", "RUN 3");
      assertThat(layers).extracting(Layer::size).containsExactly(300_020L, 29L, 2L);
      var config = Machine.run(folder, "skopeo", "inspect", "--config", "oci:layout:amd64");
      assertThat(layers).allSatisfy(layer -> assertThat(config).contains(layer.digest()));
      assertThat(pulled.origins()).contains(new Origin(tag, Optional.of(digest)));
      assertThat(source.pinned(digest).digest()).isEqualTo(digest);
      assertThat(source.pinned(digest).toString()).contains("@" + digest);

      assertThatThrownBy(() -> build(registry.host() + "/some/image:2"))
          .isInstanceOf(ImageException.class)
          .hasMessageContaining("Could not get the image");
    }
    assertThatThrownBy(() -> build("127.0.0.1:1/some/image:1"))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("Could not get the image `127.0.0.1:1/some/image:1`: ");
  }

  @Test
  void aPrivateImageIsPulledWithTheLoginOfAnEngine() throws Exception {
    Machine.needs("skopeo", "docker-registry");
    new OciLayout(folder.resolve("layout")).layer(new Tar().file("x", "private"), "gzip").write();
    var logins = new RegistryLogins(List.of(folder.resolve("none"), folder.resolve("auth.json")));
    try (var registry = LoopbackRegistry.startPrivate(folder)) {
      var tag = registry.host() + "/private/image:1";
      var account = LoopbackRegistry.USER + ":" + LoopbackRegistry.PASSWORD;
      var put = List.of("skopeo", "copy", "-q", "--dest-tls-verify=false", "--dest-creds", account);
      var copy = new ArrayList<>(put);
      copy.addAll(List.of("oci:layout:amd64", "docker://" + tag));
      Machine.run(folder, copy.toArray(String[]::new));

      var source = ImageSource.reference(tag, logins);
      assertThatThrownBy(source::digest)
          .isInstanceOfSatisfying(
              ImageException.class,
              e -> assertThat(e.hint()).contains("`podman login " + registry.host() + "`"))
          .hasMessage(
              "The registry %s does not give the image `%s` to anybody, and no login for it is in"
                      .formatted(registry.host(), tag)
                  + " `%s` or `%s`.".formatted(logins.files().get(0), logins.files().get(1)));

      var login = new ArrayList<>(List.of("skopeo", "login", "--authfile", "auth.json"));
      login.addAll(List.of("--tls-verify=false", "-u", LoopbackRegistry.USER, "-p"));
      login.addAll(List.of(LoopbackRegistry.PASSWORD, registry.host()));
      Machine.run(folder, login.toArray(String[]::new));
      var pulled = new ImageBuilder(store, ImageBuilder.LARGEST, said::add).build(source);
      assertThat(text(pulled.file(), "x")).isEqualTo("private");

      login(logins.files().get(0), registry, "auth", encoded("someone:else"));
      assertThatThrownBy(() -> ImageSource.reference(tag, logins).digest())
          .isInstanceOfSatisfying(
              ImageException.class, e -> assertThat(e.hint()).contains("log in anew"))
          .hasMessage(
              "The registry %s refuses the image `%s` to the login of `%s`."
                  .formatted(registry.host(), tag, logins.files().get(0)));
    }
  }

  /** As at Docker Hub and GitHub: a service beside the registry knows the accounts. */
  @Test
  void aRegistryThatWantsTokensGetsThoseOfTheLogin() throws Exception {
    Machine.needs("skopeo", "docker-registry");
    new OciLayout(folder.resolve("layout")).layer(new Tar().file("x", "private"), "gzip").write();
    var file = folder.resolve("auth.json");
    var logins = new RegistryLogins(List.of(file));
    try (var tokens = TokenService.start(folder);
        var registry = LoopbackRegistry.startWithTokens(folder, tokens)) {
      var account = LoopbackRegistry.USER + ":" + LoopbackRegistry.PASSWORD;
      for (var name : List.of("private", "public")) {
        Machine.run(
            folder,
            "skopeo",
            "copy",
            "-q",
            "--dest-tls-verify=false",
            "--dest-creds",
            account,
            "oci:layout:amd64",
            "docker://%s/%s/image:1".formatted(registry.host(), name));
      }
      tokens.asked.clear();
      var open = ImageSource.reference(registry.host() + "/public/image:1", logins);
      assertThat(open.digest()).startsWith("sha256:");
      assertThat(tokens.asked).containsExactly("nobody repository:public/image:pull");

      var tag = registry.host() + "/private/image:1";
      for (var refuses : List.of(false, true)) {
        tokens.refusesStrangers = refuses;
        assertThatThrownBy(() -> ImageSource.reference(tag, logins).digest())
            .isInstanceOf(ImageException.class)
            .hasMessage(
                "The registry %s does not give the image `%s` to anybody, and no login for it is in"
                        .formatted(registry.host(), tag)
                    + " `%s`.".formatted(file));
      }

      login(file, registry, "auth", encoded(account));
      tokens.asked.clear();
      var source = ImageSource.reference(tag, logins);
      var pulled = new ImageBuilder(store, ImageBuilder.LARGEST, said::add).build(source);
      assertThat(text(pulled.file(), "x")).isEqualTo("private");
      assertThat(tokens.asked)
          .isNotEmpty()
          .allMatch("someone repository:private/image:pull"::equals);

      login(file, registry, "identitytoken", TokenService.IDENTITY);
      assertThat(ImageSource.reference(tag, logins).digest()).isEqualTo(source.digest());

      login(file, registry, "auth", encoded("someone:else"));
      assertThatThrownBy(() -> ImageSource.reference(tag, logins).digest())
          .isInstanceOfSatisfying(
              ImageException.class,
              e ->
                  assertThat(e.hint())
                      .contains("log in anew: `docker login " + registry.host() + "`"))
          .hasMessage(
              "The registry %s refuses the image `%s` to the login of `%s`."
                  .formatted(registry.host(), tag, file));
    }
  }

  private static void login(Path file, LoopbackRegistry registry, String field, String value)
      throws IOException {
    Files.writeString(
        file, "{\"auths\":{\"%s\":{\"%s\":\"%s\"}}}".formatted(registry.host(), field, value));
  }

  private static String encoded(String account) {
    return Base64.getEncoder().encodeToString(account.getBytes(US_ASCII));
  }

  @Test
  void theSameSourceMakesTheSameBytesOnAnyDay() throws Exception {
    var layout = difficult("layout", "gzip").write();
    var image = GvmiFile.hash(build(layout.toString()));
    var other = new ImageStore(folder.resolve("other"), Clock.systemUTC());
    // The program that writes file systems has the time of the day in seconds.
    Machine.run(folder, "sleep", "1.1");
    var again = new ImageBuilder(other, ImageBuilder.LARGEST, said::add);
    assertThat(again.build(ImageSource.local(layout)).sha3()).isEqualTo(image);
  }

  @Test
  void ofAnImageForSeveralMachinesTheOneForProvidersIsTaken() throws Exception {
    Machine.needs("skopeo", "docker-registry");
    var layout =
        new OciLayout(folder.resolve("layout"))
            .layer(new Tar().file("machine", "other"))
            .image("arm64", "{}")
            .layer(new Tar().file("machine", "right"))
            .image("amd64", "{}")
            .write();
    assertThat(text(build(layout.toString()), "machine")).isEqualTo("right");

    try (var registry = LoopbackRegistry.start(folder)) {
      var tag = registry.host() + "/image";
      registry.putIndex(layout, "image");
      assertThat(text(build(tag + ":latest"), "machine")).isEqualTo("right");
    }
    Files.createDirectory(folder.resolve("arm"));
    var arm =
        new OciLayout(folder.resolve("arm")).layer(new Tar().file("x", "")).image("arm64", "{}");
    assertThatThrownBy(() -> build(arm.write().toString()))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("is for other machines, and providers are linux/amd64.");
  }

  @Test
  void aTarOfAFileSystemIsAnImageWithTheDefaultVolume() throws Exception {
    Files.write(folder.resolve("root.tar"), new Tar().file("etc/name", "x").bytes());
    var image = build("root.tar");
    assertThat(GvmiFile.read(image).configuration().volumes()).containsExactly("/golem/work");
    assertThat(names(image))
        .containsExactly("dev", "etc", "etc/name", "golem", "golem/work", "proc", "sys", "tmp");
  }

  @Test
  void aDockerfileIsBuiltByAnEngineThatWorks() throws Exception {
    Machine.needs("buildah", "busybox");
    var context = Files.createDirectory(folder.resolve("context"));
    Files.copy(Machine.BUSYBOX, context.resolve("busybox"));
    Files.writeString(
        context.resolve("Dockerfile"),
        """
        FROM scratch
        COPY busybox /bin/busybox
        RUN ["/bin/busybox", "ln", "-s", "busybox", "/bin/sh"]
        RUN echo made > /made
        ENV A=b
        """);
    var source = ImageSource.of("context", folder, RegistryLogins.NONE);
    var builder = new ImageBuilder(store, ImageBuilder.LARGEST, said::add);
    var image = builder.get(source);
    assertThat(text(image.file(), "made")).isEqualTo("made\n");
    assertThat(GvmiFile.read(image.file()).configuration().variable("A")).contains("b");
    assertThat(said).anySatisfy(line -> assertThat(line).startsWith("building with "));
    said.clear();
    assertThat(builder.get(source).sha3()).isEqualTo(image.sha3());
    assertThat(said).isEmpty();

    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY none /none\n");
    assertThatThrownBy(() -> builder.get(source))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("could not build the image: ");
  }

  @Test
  void whoProvidersRunProgramsAsIsSaid() throws Exception {
    assertThat(saidOfUser("1000:50")).startsWith("`USER 1000:50`: providers run programs as that");
    for (var name : List.of("app", "1000", "1000:app", "4294967296:1")) {
      assertThat(saidOfUser(name))
          .startsWith("`USER %s`: providers run programs as root".formatted(name));
    }
    for (var root : List.of("", "root", "0", "0:0", "root:root")) {
      assertThat(saidOfUser(root)).isEmpty();
    }
  }

  private String saidOfUser(String user) throws Exception {
    var layout =
        new OciLayout(folder.resolve("user-" + user))
            .layer(new Tar().file("x", ""))
            .image("amd64", "{\"User\":\"" + user + "\"}")
            .write();
    said.clear();
    assertThat(GvmiFile.read(build(layout.toString())).configuration().user().orElse(""))
        .isEqualTo(user);
    return String.join("", said.stream().filter(line -> line.contains("USER")).toList());
  }

  @Test
  void hostileLayersAreRefused() throws Exception {
    refused(new Tar().file("../out", "x"), "`../out`, which leaves the image");
    refused(new Tar().file("a/../../out", "x"), "leaves the image");
    refused(new Tar().hardLink("x", "../../etc/passwd"), "leaves the image");
    refused(new Tar().hardLink("x", "etc/none"), "is a hard link to `etc/none`, which is no file");
    refused(new Tar().folder("d", 0755).hardLink("x", "d"), "which is no file");
    refused(new Tar().file(".wh..", ""), "removes the folder that it is in");
    refused(new Tar().file("a/.wh...", ""), "removes the folder that it is in");
    refused(new Tar().file(".wh.", ""), "removes the folder that it is in");
    refused(new Tar().link("a", "b").link("b", "a").file("a/x", ""), "lead in a circle");
    refused(new Tar().file("n".repeat(300), ""), "is too long for a name");
  }

  @Test
  void whatIsCompressedInAnotherWayOrDamagedIsSaid() throws Exception {
    var xz = new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0, 4, 1, 2, 3};
    Files.write(folder.resolve("root.tar.xz"), xz);
    assertThatThrownBy(() -> build("root.tar.xz"))
        .isInstanceOf(ImageException.class)
        .hasMessageEndingWith(": it is compressed with xz, and only gzip and zstd are read.");
    Files.writeString(folder.resolve("root.tar.bz2"), "BZh91AY&SY and more");
    assertThatThrownBy(() -> build("root.tar.bz2")).hasMessageContaining("with bzip2");

    var zstd = new ByteArrayOutputStream();
    try (var out = new ZstdOutputStream(zstd)) {
      out.write(new Tar().file("x", "some text").bytes());
    }
    var damaged = zstd.toByteArray();
    damaged[damaged.length - 1] ^= 1;
    Files.write(folder.resolve("root.tar.zst"), damaged);
    assertThatThrownBy(() -> build("root.tar.zst"))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("Bad checksum");
    Files.write(folder.resolve("whole.tar.zst"), zstd.toByteArray());
    Files.copy(build("whole.tar.zst"), folder.resolve("made.gvmi"));
    assertThatThrownBy(() -> build("made.gvmi")).hasMessageContaining("is a VM image already");
  }

  @Test
  void layersWhoseNamesAreNotUtf8AreNotMixedUp() throws Exception {
    var link = new TarArchiveEntry("link", TarConstants.LF_SYMLINK);
    link.setLinkName("\u00e4");
    var longName = new TarArchiveEntry("n/".repeat(60) + "\u00e4");
    for (var entry :
        List.of(new TarArchiveEntry("\u00e4"), new TarArchiveEntry("\u00f6/"), link, longName)) {
      Files.write(folder.resolve("latin.tar"), tar("ISO-8859-1", false, entry));
      assertThatThrownBy(() -> build("latin.tar"))
          .as(entry.getName())
          .isInstanceOf(ImageException.class)
          .hasMessageContaining("whose name or target is not in UTF-8");
    }
  }

  /** Also of one that is cut in the header, within a character. */
  @Test
  void aQuestionMarkIsPartOfAName() throws Exception {
    var cut = "n/".repeat(49) + "n\u00e4?";
    for (var posix : new boolean[] {true, false}) {
      var entries = List.of("what?", "what?", "\u00e4?", cut).stream().map(TarArchiveEntry::new);
      Files.write(
          folder.resolve("root.tar"), tar("UTF-8", posix, entries.toArray(TarArchiveEntry[]::new)));
      assertThat(store.unpack(GvmiFile.hash(build("root.tar"))).find("/" + cut)).isPresent();
    }
  }

  private static byte[] tar(String encoding, boolean posix, TarArchiveEntry... entries)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes, encoding)) {
      tar.setLongFileMode(
          posix ? TarArchiveOutputStream.LONGFILE_POSIX : TarArchiveOutputStream.LONGFILE_GNU);
      for (var entry : entries) {
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void aNameThatLooksLikeAHugeFileIsRefusedInWords() throws Exception {
    var line = "-rw-r--r-- 0/0 99999999999999999999 2026-01-01 00:00 squashfs-root/x";
    Files.write(folder.resolve("root.tar"), new Tar().file("a\n" + line, "").bytes());
    var sha3 = GvmiFile.hash(build("root.tar"));
    assertThatThrownBy(() -> store.unpack(sha3))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("MB unpacked");
  }

  @Test
  void aVolumeIsAFolderOfTheImage() throws Exception {
    for (var volume : List.of("data", "/", "", "/a/../b", "/proc", "/dev/shm", "/two\\nlines")) {
      unusable("{\"Volumes\":{\"" + volume + "\":{}}}", "and no folder can be put there");
    }
    unusable("{\"Volumes\":{\"/bin/sh/x\":{}}}", "but `sh` is a file there");
    unusable("{\"Volumes\":{\"/link\":{}}}", "but `sh` is a file there");
    unusable("{\"WorkingDir\":\"/../x\"}", "no folder can have that name");
    unusable("{\"WorkingDir\":\"/bin/sh\"}", "but `sh` is a file there");
    assertThat(said).noneMatch(line -> line.contains("VOLUME"));
    var layout = withShell("hides").image("amd64", "{\"Volumes\":{\"/bin\":{}}}").write();
    var image = build(layout.toString());
    assertThat(said)
        .contains(
            "`VOLUME /bin`: nothing of what the image has there is seen by programs, for whom"
                + " volumes are empty at first");
    assertThat(store.unpack(GvmiFile.hash(image)).hidingVolumes()).containsExactly("/bin");
  }

  private OciLayout withShell(String name) throws IOException {
    return new OciLayout(folder.resolve(name))
        .layer(new Tar().folder("bin", 0755).file("bin/sh", "x").link("link", "bin/sh"));
  }

  private void unusable(String configuration, String why) throws Exception {
    var layout = withShell("layout").image("amd64", configuration).write();
    assertThatThrownBy(() -> build(layout.toString()))
        .as(configuration)
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(why);
  }

  @Test
  void linksThatLeaveTheImageStayInIt() throws Exception {
    Files.write(
        folder.resolve("root.tar"),
        new Tar()
            .link("up", "../../../../tmp")
            .file("up/file", "inside")
            .link("abs", folder.toString())
            .file("abs/file", "inside")
            .device("dev/null", 1, 3)
            .bytes());
    var image = build("root.tar");
    assertThat(names(image)).contains("tmp/file", folder.toString().substring(1) + "/file");
    assertThat(folder.resolve("file")).doesNotExist();
    var unpacked = store.unpack(GvmiFile.hash(image));
    assertThat(unpacked.find("/up/file")).isPresent();
    assertThat(unpacked.root().resolve("dev/null")).doesNotExist();
  }

  @Test
  void allOfTheLowerLayersCanBeHidden() throws Exception {
    var layout =
        new OciLayout(folder.resolve("layout"))
            .layer(new Tar().file("a/b/c", "x").file("d", "y"))
            .layer(new Tar().file(".wh..wh..opq", "").file("new", "z"));
    assertThat(names(build(layout.write().toString())))
        .containsExactly("dev", "etc", "golem", "golem/work", "home", "new", "proc", "sys", "tmp");
  }

  @Test
  void moreFilesThanSixteenBitsCountAreNoMatter() throws Exception {
    var tar = new Tar();
    for (var i = 0; i < 66_000; i++) {
      tar.file("d%03d/f%d".formatted(i % 500, i), "");
    }
    Files.write(folder.resolve("root.tar"), tar.bytes());
    assertThat(names(build("root.tar"))).hasSize(66_000 + 500 + 7);
  }

  @Test
  void aBombEndsAtTheLimit() throws Exception {
    try (var gzip = new GZIPOutputStream(Files.newOutputStream(folder.resolve("bomb.tar.gz")))) {
      gzip.write(new Tar().file("zeros", 0644, new byte[20 << 20]).bytes());
    }
    var small = new ImageBuilder(store, 10 << 20, said::add);
    var bomb = ImageSource.of("bomb.tar.gz", folder, RegistryLogins.NONE);
    assertThatThrownBy(() -> small.build(bomb))
        .isInstanceOf(ImageException.class)
        .hasMessage("The image has more than 10 MiB unpacked, which is the limit.");
    var layout =
        new OciLayout(folder.resolve("layout"))
            .layer(new Tar().file("zeros", 0644, new byte[20 << 20]), "gzip");
    var layered = ImageSource.of(layout.write().toString(), folder, RegistryLogins.NONE);
    assertThatThrownBy(() -> small.build(layered)).hasMessageContaining("which is the limit");
    assertThat(store.list()).isEmpty();
    try (var left = Files.walk(folder.resolve("images")).filter(Files::isRegularFile)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void whatIsNoImageIsRefused() throws Exception {
    Files.writeString(folder.resolve("notes.tar"), "no tar, but a text that is long enough");
    assertThatThrownBy(() -> build("notes.tar"))
        .isInstanceOf(ImageException.class)
        .hasMessageStartingWith("No image can be read from");
    Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> build("empty")).hasMessageContaining("neither a `Dockerfile` nor");
    assertThatThrownBy(() -> build("./none")).hasMessage("There is no file or folder `./none`.");
    assertThatThrownBy(() -> build("Not A Name")).hasMessageContaining("is no reference");
    for (var none : List.of("none/", "none.tar.gz", "none.tgz", "none.gvmi")) {
      assertThatThrownBy(() -> build(none)).hasMessageStartingWith("There is no file or folder");
    }
    assertThatThrownBy(() -> build("/dev/zero")).hasMessageContaining("neither a file nor");
    assertThatThrownBy(() -> build("127.0.0.1:99999/x")).isInstanceOf(ImageException.class);
    assertThatThrownBy(() -> saved("{\"Config\":\"c\"}", "")).hasMessageContaining("has no layers");
    assertThatThrownBy(() -> saved("{\"Layers\":[\"l\"]}", ""))
        .hasMessageContaining("what belongs");
    assertThatThrownBy(() -> saved("{\"Config\":\"c\",\"Layers\":[\"l\"]}", "\"sha256:1\""))
        .hasMessageContaining("its layer 1 has another digest");
    assertThatThrownBy(() -> saved("7", "")).hasMessageContaining("what belongs");

    var layout = difficult("layout", "gzip").write();
    try (var blobs = Files.list(layout.resolve("blobs/sha256"))) {
      for (var blob : blobs.toList()) {
        if (Files.size(blob) > 100_000) {
          var bytes = Files.readAllBytes(blob);
          bytes[1000] ^= 1;
          Files.write(blob, bytes);
        }
      }
    }
    assertThatThrownBy(() -> build(layout.toString())).hasMessageContaining("has another digest");
  }

  @Test
  void aDigestIsOfTheContentNotOfTheTimes() throws Exception {
    var context = Files.createDirectories(folder.resolve("context/sub"));
    var file = Files.writeString(context.resolve("a"), "x");
    Files.writeString(folder.resolve("context/Dockerfile"), "FROM scratch\n");
    var source = ImageSource.of("context", folder, RegistryLogins.NONE);
    var digest = source.digest();
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    assertThat(source.digest()).isEqualTo(digest).startsWith("sha256:");
    Files.writeString(file, "y");
    assertThat(source.digest()).isNotEqualTo(digest);
    Files.writeString(file, "x");
    assertThat(source.digest()).isEqualTo(digest);
    Files.move(file, context.resolve("b"));
    assertThat(source.digest()).isNotEqualTo(digest);
  }

  /** What {@code docker save} writes, of one layer. */
  private void saved(String image, String digests) throws Exception {
    Files.write(
        folder.resolve("saved.tar"),
        new Tar()
            .file("manifest.json", "[" + image + "]")
            .file("c", "{\"rootfs\":{\"diff_ids\":[" + digests + "]}}")
            .file("l", 0644, new Tar().file("x", "").bytes())
            .bytes());
    build("saved.tar");
  }

  private Path build(String source) throws Exception {
    StoredImage image =
        new ImageBuilder(store, ImageBuilder.LARGEST, said::add)
            .build(ImageSource.of(source, folder, RegistryLogins.NONE));
    return image.file();
  }

  private void refused(Tar tar, String why) throws Exception {
    Files.write(folder.resolve("hostile.tar"), tar.bytes());
    assertThatThrownBy(() -> build("hostile.tar"))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(why);
  }

  private String text(Path image, String name) throws Exception {
    return Machine.run(folder, "unsquashfs", "-cat", image.toString(), name);
  }

  private List<String> names(Path image) throws Exception {
    return Machine.run(folder, "unsquashfs", "-l", image.toString())
        .lines()
        .filter(line -> line.startsWith("squashfs-root/"))
        .map(line -> line.substring("squashfs-root/".length()))
        .toList();
  }

  /** Kind, mode, owner, number of names, size, target and content of everything. */
  private static String listing(Path root) throws Exception {
    var form = Machine.isRoot() ? "%y %m %U:%G %n %l %P\\n" : "%y %m %n %l %P\\n";
    var files =
        Machine.run(root, "find", ".", "-mindepth", "1", "!", "-type", "d", "-printf", form);
    var folders =
        Machine.run(
            root, "find", ".", "-mindepth", "1", "-type", "d", "-printf", form.replace(" %n", ""));
    var contents = Machine.run(root, "sh", "-c", "find . -type f -exec sha256sum {} +");
    return (files + folders + contents)
        .lines()
        .sorted()
        .reduce("", (all, line) -> all + line + "\n");
  }
}
