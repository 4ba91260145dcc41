package org.golempipeline.batch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.strategy.Piece;
import org.jspecify.annotations.Nullable;

/**
 * An uncompressed archive that is nowhere: only the offsets of its members are kept. Whoever asks
 * for bytes gets headers made on the spot and contents straight from the source files. Its first
 * member says where the others are, for machines that have no tar.
 */
final class VirtualTar implements ByteSource {
  private static final int END = 2 * TarHeader.BLOCK;

  private final Members members;
  private final SourceFiles files;
  private final Member index;

  /** Where each member begins, the index being the first; then where the last one ends. */
  private final long[] starts;

  /** The member that was read last: chunks are asked for more or less in order. */
  private volatile @Nullable OpenMember last;

  /**
   * @param folder in which the index lies, with a slash at the end
   */
  VirtualTar(String folder, Members members, SourceFiles files) {
    this.members = members;
    this.files = files;
    var count = members.count();
    var text = new IndexText();
    var relative = 0L;
    var lengths = new long[count];
    for (var i = 0; i < count; i++) {
      var member = members.get(i);
      var header = TarHeader.length(member.nameBytes());
      text.add(member, (relative + header) / TarHeader.BLOCK);
      lengths[i] = header + TarHeader.padded(member.size());
      relative += lengths[i];
    }
    this.index = Member.text(folder + "unpack.sh", text.bytes((relative + END) / TarHeader.BLOCK));
    this.starts = new long[count + 2];
    starts[1] = TarHeader.BLOCK + index.size();
    for (var i = 0; i < count; i++) {
      starts[i + 2] = starts[i + 1] + lengths[i];
    }
  }

  /** How many blocks the contents of the first member fill, without a byte to spare. */
  long indexBlocks() {
    return index.size() / TarHeader.BLOCK;
  }

  @Override
  public long size() {
    return starts[starts.length - 1] + END;
  }

  @Override
  public void read(long offset, ByteBuffer target) throws IOException {
    if (offset < 0 || target.remaining() > size() - offset) {
      throw new IOException("The archive ends before byte " + (offset + target.remaining()) + ".");
    }
    var at = offset;
    var number = Arrays.binarySearch(starts, offset);
    number = number < 0 ? -number - 2 : number;
    while (target.hasRemaining()) {
      var last = number >= starts.length - 1;
      var end = last ? size() : starts[number + 1];
      var part = slice(target, end - at);
      if (last) {
        zero(part);
      } else {
        readMember(number, at - starts[number], part);
      }
      at = end;
      number++;
    }
  }

  /** Fills {@code target} from byte {@code offset} of a member, header and padding included. */
  private void readMember(int number, long offset, ByteBuffer target) throws IOException {
    var opened = open(number);
    var member = opened.member;
    var header = TarHeader.of(member.nameBytes(), member.type, member.mode, member.size());
    var at = offset;
    if (at < header.length) {
      var part = slice(target, header.length - at);
      var count = part.remaining();
      part.put(header, (int) at, count);
      at += count;
    }
    var end = header.length + member.size();
    if (at < end && target.hasRemaining()) {
      var part = slice(target, end - at);
      var count = part.remaining();
      readContent(opened, at - header.length, part);
      at += count;
    }
    zero(target);
  }

  private void readContent(OpenMember opened, long offset, ByteBuffer target) throws IOException {
    var member = opened.member;
    if (member.text.length > 0) {
      target.put(member.text, (int) offset, target.remaining());
      return;
    }
    var ends = opened.pieceEnds;
    var piece = Arrays.binarySearch(ends, offset);
    piece = piece < 0 ? -piece - 1 : piece + 1;
    var at = offset;
    for (; target.hasRemaining(); piece++) {
      var part = slice(target, ends[piece] - at);
      var begin = piece == 0 ? 0 : ends[piece - 1];
      readPiece(member.pieces.get(piece), at - begin, part);
      at = ends[piece];
    }
  }

  private void readPiece(Piece piece, long offset, ByteBuffer target) throws IOException {
    if (piece instanceof Piece.Slice slice) {
      var file = slice.file();
      files.read(file.file(), file.offset() + slice.offset() + offset, target);
    } else if (piece instanceof Piece.Literal literal) {
      var bytes = literal.text().getBytes(StandardCharsets.UTF_8);
      target.put(bytes, (int) offset, target.remaining());
    } else {
      throw new AssertionError(piece);
    }
  }

  private OpenMember open(int number) {
    var opened = last;
    if (opened == null || opened.number != number) {
      opened = new OpenMember(number, number == 0 ? index : members.get(number - 1));
      last = opened;
    }
    return opened;
  }

  /** The next bytes of {@code target}, which moves past them, at most {@code limit}. */
  private static ByteBuffer slice(ByteBuffer target, long limit) {
    var count = (int) Math.min(limit, target.remaining());
    var part = target.slice(target.position(), count);
    target.position(target.position() + count);
    return part;
  }

  private static void zero(ByteBuffer target) {
    while (target.hasRemaining()) {
      target.put((byte) 0);
    }
  }

  /** What an archive holds. Asked again whenever bytes are needed, by several threads. */
  interface Members {
    int count();

    Member get(int number);
  }

  /** A member of an archive; exists while it is looked at. */
  static final class Member {
    private final String name;
    private final char type;
    private final int mode;
    private final byte[] text;
    private final List<Piece> pieces;
    private final long size;

    private Member(String name, char type, int mode, byte[] text, List<Piece> pieces) {
      this.name = name;
      this.type = type;
      this.mode = mode;
      this.text = text;
      this.pieces = pieces;
      var length = (long) text.length;
      for (var piece : pieces) {
        length += piece.length();
      }
      this.size = length;
    }

    static Member text(String name, byte[] text) {
      return new Member(name, TarHeader.FILE, 0644, text, List.of());
    }

    static Member file(String name, List<Piece> pieces) {
      return new Member(name, TarHeader.FILE, 0644, new byte[0], pieces);
    }

    static Member program(String name, List<Piece> pieces) {
      return new Member(name, TarHeader.FILE, 0755, new byte[0], pieces);
    }

    /**
     * @param name with a slash at the end
     */
    static Member folder(String name) {
      return new Member(name, TarHeader.FOLDER, 0755, new byte[0], List.of());
    }

    long size() {
      return size;
    }

    private byte[] nameBytes() {
      return name.getBytes(StandardCharsets.UTF_8);
    }
  }

  /** A member with the offsets at which its pieces end. */
  private static final class OpenMember {
    private final int number;
    private final Member member;
    private final long[] pieceEnds;

    OpenMember(int number, Member member) {
      this.number = number;
      this.member = member;
      this.pieceEnds = new long[member.pieces.size()];
      var end = 0L;
      for (var i = 0; i < pieceEnds.length; i++) {
        end += member.pieces.get(i).length();
        pieceEnds[i] = end;
      }
    }
  }

  /** The first member: shell text that unpacks the others with dd. */
  private static final class IndexText {
    private final StringBuilder text = new StringBuilder(ShellText.resource("unpack.sh"));
    private String lastFolder = "";

    void add(Member member, long block) {
      if (member.type == TarHeader.FOLDER) {
        text.append("_gp_folder ").append(ShellText.quote(member.name)).append('\n');
        return;
      }
      var folder = member.name.substring(0, member.name.lastIndexOf('/'));
      if (!folder.equals(lastFolder)) {
        text.append("_gp_folder ").append(ShellText.quote(folder)).append('\n');
        lastFolder = folder;
      }
      text.append(member.mode == 0755 ? "_gp_program " : "_gp_file ")
          .append(block)
          .append(' ')
          .append(member.size)
          .append(' ')
          .append(ShellText.quote(member.name))
          .append('\n');
    }

    /** Fills whole blocks with line ends, so that no shell meets a zero byte. */
    byte[] bytes(long blocks) {
      text.append("_gp_blocks ").append(blocks).append('\n');
      var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      var whole = Arrays.copyOf(bytes, (int) TarHeader.padded(bytes.length));
      Arrays.fill(whole, bytes.length, whole.length, (byte) '\n');
      return whole;
    }
  }
}
