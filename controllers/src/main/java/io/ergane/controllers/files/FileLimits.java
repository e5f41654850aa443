package io.ergane.controllers.files;

import java.time.Duration;

/**
 * Bounds of what is read from files.
 *
 * @param fileBytes size of one file
 * @param objects objects in all files together
 * @param files files in one directory
 * @param settle a known file that changed less than this ago may be half written and is left for
 *     later
 */
public record FileLimits(int fileBytes, int objects, int files, Duration settle) {
  /** 8 MiB a file, 10,000 objects, 10,000 files a directory, 40 ms. */
  public static final FileLimits DEFAULT =
      new FileLimits(8 << 20, 10_000, 10_000, Duration.ofMillis(40));

  /** Values that one document may have once aliases are resolved. */
  static final int DOCUMENT_NODES = 1_000_000;
}
