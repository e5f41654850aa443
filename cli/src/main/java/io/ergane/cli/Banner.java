package io.ergane.cli;

import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.dataplane.Dataplane;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What {@code ergane up} says once it serves: what runs where, and a line to paste. */
record Banner(
    Demo demo, Gateway gateway, RouterOptions options, SourceOptions declared, long millis) {

  /** Hosts by which a listener can be reached on loopback. */
  private static final Set<String> ANY = Set.of("", "0.0.0.0", "::", "localhost");

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    Dataplane.State state = gateway.dataplane().state();
    List<String> models = state.image().modelNames();
    lines.add("");
    lines.add("Ergane is up (%.1f s).".formatted(millis / 1000.0));
    lines.add("  OpenAI API   %s/v1".formatted(url()));
    if (gateway.envoy() != null) {
      lines.add("  Envoy        " + gateway.envoy());
    }
    lines.add(
        "  admin        http://127.0.0.1:%d (a page for your browser)"
            .formatted(gateway.adminPort()));
    lines.add("  metrics      http://127.0.0.1:%d/metrics".formatted(gateway.metricsPort()));
    lines.add("  engines      " + engines(state));
    lines.add("  manifests    " + manifests());
    lines.add("  models       " + (models.isEmpty() ? "none yet" : String.join(", ", models)));
    long errors = count(state, Severity.ERROR);
    long warnings = count(state, Severity.WARNING);
    if (errors + warnings > 0) {
      lines.add(
          "  findings     %s, %s (above, and on the admin page)"
              .formatted(Plural.of(errors, "error"), Plural.of(warnings, "warning")));
    }
    if (!models.isEmpty()) {
      lines.add("");
      lines.add("Try:");
      lines.add("  " + curl(models.contains("chat") ? "chat" : models.getFirst()));
      lines.add("then `%s`: why it went where it went.".formatted(explain()));
    }
    lines.add("Ctrl-C drains and stops.");
    lines.add("");
    return lines;
  }

  private String explain() {
    String admin = "http://127.0.0.1:" + gateway.adminPort();
    return "./ergane explain" + (admin.equals(AdminClient.USUAL) ? "" : " --admin " + admin);
  }

  private static long count(Dataplane.State state, Severity severity) {
    return state.compilation().diagnostics().stream()
        .filter(diagnostic -> diagnostic.severity() == severity)
        .count();
  }

  private String url() {
    String scheme = options.listener.tlsCert == null ? "http" : "https";
    return "%s://%s:%d".formatted(scheme, reached(options.listener.host), gateway.port());
  }

  /** By what a listener on this address is reached from here. */
  static String reached(String host) {
    if (ANY.contains(host)) {
      return "127.0.0.1";
    }
    return host.contains(":") ? "[" + host + "]" : host;
  }

  private static String engines(Dataplane.State state) {
    int count = state.watched().size();
    if (count == 0) {
      return "none yet";
    }
    String some =
        state.watched().stream()
            .limit(4)
            .map(watched -> watched.endpoint().authority())
            .collect(Collectors.joining(", "));
    return count > 4 ? some + " and " + (count - 4) + " more" : some;
  }

  private String manifests() {
    List<String> all = new ArrayList<>();
    demo.manifests().forEach(path -> all.add(path + " (edit and save: acts at once)"));
    declared.files.forEach(path -> all.add(path.toString()));
    declared.backends.forEach(backend -> all.add("--backend " + backend));
    if (declared.kubernetes.kubeconfig != null) {
      all.add("the cluster of " + declared.kubernetes.kubeconfig);
    }
    return String.join(", ", all);
  }

  private String curl(String model) {
    String body =
        """
        {"model":"%s","stream":true,"messages":[{"role":"user","content":"Hello"}]}\
        """
            .formatted(model);
    return "curl -iN %s%s/v1/chat/completions -H 'content-type: application/json' -d '%s'"
        .formatted(options.listener.tlsCert == null ? "" : "-k ", url(), body);
  }
}
