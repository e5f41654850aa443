package io.ergane.dataplane.admin;

import java.util.Collection;
import java.util.TreeSet;

/** A page for browsers that links the other pages of its port. */
final class Listing {
  private Listing() {}

  /**
   * @param paths as they were registered: plain text, by the program alone
   */
  static String of(Collection<String> paths) {
    StringBuilder items = new StringBuilder();
    for (String path : new TreeSet<>(paths)) {
      items.append(
          path.endsWith("/") && path.length() > 1
              ? "<li>%s…</li>\n".formatted(path)
              : "<li><a href=\"%1$s\">%1$s</a></li>\n".formatted(path));
    }
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
    <link rel="icon" href="data:,">
    <title>Ergane</title>
    <style>
      :root { color-scheme: light dark; }
      body { margin: 0 auto; max-width: 40rem; padding: 1.25rem; font: 14px/1.45 system-ui, sans-serif; }
      li { margin: .3rem 0; overflow-wrap: anywhere; }
    </style>
    </head>
    <body>
    <h1>Ergane</h1>
    <p>What this port shows:</p>
    <ul>
    %s</ul>
    </body>
    </html>
    """
        .formatted(items);
  }
}
