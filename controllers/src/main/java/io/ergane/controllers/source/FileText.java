package io.ergane.controllers.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The text of one file, read anew when it changed. Not safe for use by several threads. */
public final class FileText {
  /** Files changed less than this ago are read even if they look unchanged. */
  private static final long TIMESTAMP_GRAIN_MILLIS = 2_000;

  private final Path path;
  private final int mostBytes;
  private final long settleMillis;
  private @Nullable Look look;
  private byte[] digest = {};

  /**
   * @param mostBytes larger files are refused
   * @param settle a file that was read before and changed less than this ago may be half written
   *     and is left for later
   */
  public FileText(Path path, int mostBytes, Duration settle) {
    this.path = path;
    this.mostBytes = mostBytes;
    this.settleMillis = settle.toMillis();
  }

  /** What reading came to. */
  public sealed interface Reading {
    /** The text that the last {@link Text} gave still stands. */
    record Unchanged() implements Reading {}

    /** Somebody is writing the file; it is worth reading again soon. */
    record Unsettled() implements Reading {}

    /** New text. */
    record Text(String text) implements Reading {}

    /** There is no such file. */
    record Gone() implements Reading {}

    /**
     * There is a file, but no text to be had.
     *
     * @param problem what was found and what is accepted
     */
    record Unreadable(String code, String problem) implements Reading {}
  }

  /** Reads the file. */
  public Reading read() {
    try {
      Look before = Look.at(path);
      if (before.equals(look) && !before.changedWithin(TIMESTAMP_GRAIN_MILLIS)) {
        return new Reading.Unchanged();
      }
      if (digest.length > 0 && !before.equals(look) && before.changedWithin(settleMillis)) {
        return new Reading.Unsettled();
      }
      look = null;
      if (!before.regular) {
        return unreadable("is not a regular file");
      }
      if (before.size > mostBytes) {
        return new Reading.Unreadable(
            "file-too-large",
            "has %d bytes; at most %d are accepted".formatted(before.size, mostBytes));
      }
      byte[] bytes = bytes();
      return before.equals(Look.at(path)) && bytes.length == before.size
          ? settled(before, bytes)
          : new Reading.Unsettled();
    } catch (NoSuchFileException e) {
      look = null;
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        return unreadable("is a link to a file that does not exist");
      }
      digest = new byte[0];
      return new Reading.Gone();
    } catch (IOException e) {
      look = null;
      return unreadable("cannot be read: " + reason(e));
    }
  }

  private byte[] bytes() throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return in.readNBytes(mostBytes + 1);
    }
  }

  private Reading settled(Look seen, byte[] bytes) {
    byte[] newDigest = digestOf(bytes);
    if (bytes.length == 0 && digest.length > 0) {
      return new Reading.Unreadable(
          "file-empty",
          "is empty, as a file is whose writing was interrupted. Delete it to remove what it"
              + " declared");
    }
    String text = decode(bytes);
    if (text == null) {
      return new Reading.Unreadable("file-not-utf8", "is not UTF-8 text");
    }
    look = seen;
    if (Arrays.equals(newDigest, digest)) {
      return new Reading.Unchanged();
    }
    digest = newDigest;
    return new Reading.Text(text);
  }

  /** Whether the file looks different from when it was last read with success. */
  public boolean stale() {
    try {
      return !Look.at(path).equals(look);
    } catch (IOException e) {
      return look != null;
    }
  }

  private static Reading unreadable(String problem) {
    return new Reading.Unreadable("file-unreadable", problem);
  }

  /** The reason of a failure without the path, which is named elsewhere. */
  public static String reason(IOException e) {
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return reason == null ? e.getClass().getSimpleName() : reason;
  }

  private static @Nullable String decode(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static byte[] digestOf(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** What a file looks like from outside. */
  private record Look(
      long size, FileTime modified, String identity, boolean regular, boolean readable) {
    static Look at(Path path) throws IOException {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return new Look(
          attributes.size(),
          attributes.lastModifiedTime(),
          String.valueOf(attributes.fileKey()),
          attributes.isRegularFile(),
          Files.isReadable(path));
    }

    boolean changedWithin(long millis) {
      return Math.abs(System.currentTimeMillis() - modified.toMillis()) < millis;
    }
  }
}
