package io.ergane.dataplane.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The page that people open: one file, which draws what the pages show that are linked at its foot.
 */
final class IndexPage {
  private static final String DUMPS = "/debug/config_dump/";

  private IndexPage() {}

  /**
   * @param paths of the port's pages, as they were registered: plain text, by the program alone
   */
  static String over(Collection<String> paths) {
    String links =
        new TreeSet<>(paths)
            .stream()
                .flatMap(IndexPage::linked)
                .map(path ->
                    "  <a href=\"%s\">%s</a>".formatted(path, path.replaceFirst("^/(debug/)?", "")))
                .collect(Collectors.joining("\n"));
    return file().replace("{{links}}", links);
  }

  private static Stream<String> linked(String path) {
    if (path.equals(DUMPS)) {
      return Stream.of("modelroutes", "modelservers", "pods").map(DUMPS::concat);
    }
    return path.endsWith("/") ? Stream.empty() : Stream.of(path);
  }

  private static String file() {
    try (InputStream page = IndexPage.class.getResourceAsStream("index.html")) {
      return new String(Objects.requireNonNull(page).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
