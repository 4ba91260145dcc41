package org.golempipeline.media;

import java.io.IOException;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.Merger;

/**
 * {@code media/concat}: joins videos without encoding them again, each where its segment stood in
 * the original, and adds the original's sound and subtitles.
 */
public final class ConcatMerge implements MergeStrategy {
  @Override
  public String name() {
    return "media/concat";
  }

  @Override
  public String version() {
    return "2";
  }

  @Override
  public String summary() {
    return "Joins videos without encoding them again, and adds sound and subtitles of the original.";
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "What the joined video holds beside the pictures, and in which container.",
          "type": "object",
          "x-local-commands": true,
          "properties": {
            "audio": {
              "description": "`original` copies all tracks of the input the segments are of, \
        `segments` joins what the outputs have, `none` leaves sound out. Default `original`.",
              "enum": ["original", "segments", "none"]
            },
            "subtitles": {
              "description": "`original` copies those of the input that the container can hold, \
        `none` leaves them out. Default `original`.",
              "enum": ["original", "none"]
            },
            "format": {
              "description": "The container; that of the outputs if it is not said.",
              "enum": ["mkv", "mp4", "mov", "webm"]
            }
          },
          "additionalProperties": false
        }
        """;
  }

  @Override
  public Result result() {
    return Result.FILE;
  }

  @Override
  public Merger open(MergeContext context) throws IOException {
    return new Join(context);
  }
}
