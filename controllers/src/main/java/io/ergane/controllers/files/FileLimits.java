package io.ergane.controllers.files;

/**
 * Bounds of what is read from files.
 *
 * @param fileBytes size of one file
 * @param objects objects in all files together
 * @param files files in one directory
 */
public record FileLimits(int fileBytes, int objects, int files) {
  /** 8 MiB a file, 10,000 objects, 10,000 files a directory. */
  public static final FileLimits DEFAULT = new FileLimits(8 << 20, 10_000, 10_000);

  /** Values that one document may have once aliases are resolved. */
  static final int DOCUMENT_NODES = 1_000_000;
}
