package org.golempipeline.cache;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Digests by what was digested, with the day each was last of use. 50 bytes and two slots of a
 * table for each: keys are digests themselves, of which half is enough.
 */
final class DigestTable {
  /** What {@link #find} answers when there is nothing. */
  static final int NOTHING = -1;

  /** The day of what is of no use to later runs. */
  static final int NEVER = 0;

  private static final int KEY = 16;
  private static final int DAY = KEY + Digest.SIZE;
  private static final int RECORD = DAY + Short.BYTES;

  /** So many records that a chunk is no large object for the garbage collector. */
  private static final int CHUNK = 1 << 13;

  private final List<ByteBuffer> chunks = new ArrayList<>();

  /** Number of a record and one, 0 in a free slot. */
  private int[] slots = new int[1024];

  private int count;

  int size() {
    return count;
  }

  /** The number of the record under {@code key}. */
  int find(Digest key) {
    return slots[slot(key.first(), key.second())] - 1;
  }

  Digest digest(int record) {
    return Digest.read(chunk(record).duplicate().position(at(record) + KEY));
  }

  int day(int record) {
    return Short.toUnsignedInt(chunk(record).getShort(at(record) + DAY));
  }

  void setDay(int record, int day) {
    chunk(record).putShort(at(record) + DAY, (short) day);
  }

  /** Puts {@code digest} under {@code key} and answers the number of the record. */
  int put(Digest key, Digest digest, int day) {
    if (count >= slots.length / 4 * 3) {
      grow();
    }
    var slot = slot(key.first(), key.second());
    if (slots[slot] == 0) {
      if (count == chunks.size() * CHUNK) {
        chunks.add(ByteBuffer.allocate(CHUNK * RECORD));
      }
      slots[slot] = ++count;
    }
    var record = slots[slot] - 1;
    var target = chunk(record).duplicate().position(at(record));
    target.putLong(key.first()).putLong(key.second());
    digest.write(target);
    setDay(record, day);
    return record;
  }

  private ByteBuffer chunk(int record) {
    return chunks.get(record / CHUNK);
  }

  private static int at(int record) {
    return record % CHUNK * RECORD;
  }

  private void grow() {
    slots = new int[Math.multiplyExact(slots.length, 2)];
    for (var record = 0; record < count; record++) {
      var chunk = chunk(record);
      slots[slot(chunk.getLong(at(record)), chunk.getLong(at(record) + Long.BYTES))] = record + 1;
    }
  }

  private int slot(long first, long second) {
    var mask = slots.length - 1;
    for (var slot = (int) first & mask; ; slot = slot + 1 & mask) {
      var record = slots[slot] - 1;
      if (record < 0
          || chunk(record).getLong(at(record)) == first
              && chunk(record).getLong(at(record) + Long.BYTES) == second) {
        return slot;
      }
    }
  }

  /** Writes the records that were of use on {@code oldest} or later. */
  void write(DataOutputStream target, int oldest) throws IOException {
    var kept = 0;
    for (var record = 0; record < count; record++) {
      kept += isKept(record, oldest) ? 1 : 0;
    }
    target.writeInt(kept);
    for (var record = 0; record < count; record++) {
      if (isKept(record, oldest)) {
        target.write(chunk(record).array(), at(record), RECORD);
      }
    }
  }

  private boolean isKept(int record, int oldest) {
    return day(record) != NEVER && day(record) >= oldest;
  }

  /** Reads what {@link #write} wrote. */
  static DigestTable read(DataInputStream source, long bytes) throws IOException {
    var table = new DigestTable();
    var left = source.readInt();
    if (left < 0 || left != bytes / RECORD) {
      throw new IOException("a memory of %d records in %d bytes".formatted(left, bytes));
    }
    while (left > 0) {
      var chunk = ByteBuffer.allocate(CHUNK * RECORD);
      var here = Math.min(left, CHUNK);
      source.readFully(chunk.array(), 0, here * RECORD);
      table.chunks.add(chunk);
      table.count += here;
      left -= here;
    }
    var capacity = table.slots.length;
    while (table.count >= capacity / 4 * 3) {
      capacity = Math.multiplyExact(capacity, 2);
    }
    table.slots = new int[capacity / 2];
    table.grow();
    return table;
  }
}
