package io.ergane.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.xds.server.StatusTable;
import io.ergane.xds.server.XdsStatus;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "xds",
    description = {
      "Asks a running control plane about its nodes.",
      "",
      "`ergane xds status` prints, for each kind of resource, on how many nodes the newest version"
          + " is live, then a line a node, and what nodes reject and why. It exits with 1 when a"
          + " node rejects something."
    },
    sortOptions = false)
final class XdsVerb implements Callable<Integer> {
  /** What can be asked. */
  enum Question {
    STATUS
  }

  @Parameters(
      paramLabel = "status",
      arity = "1",
      description = "What to print; there is only this.")
  @Nullable Question question;

  @Option(
      names = "--admin",
      defaultValue = AdminClient.USUAL,
      paramLabel = "URL",
      description = "Admin port of the control plane (default ${DEFAULT-VALUE}).")
  String admin = "";

  @Option(names = "--json", description = "Print what the admin port answers.")
  boolean json;

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    JsonNode page =
        new AdminClient(admin, "ergane control-plane")
            .get(
                "/debug/xds",
                _ ->
                    admin
                        + " is an Ergane without nodes: neither a control plane nor `ergane up"
                        + " --envoy`. Name the control plane's admin port with --admin.");
    XdsStatus status = XdsStatus.of(page);
    if (json) {
      out.println(page.toPrettyString());
    } else {
      out.print(StatusTable.render(status, Instant.now()));
    }
    out.flush();
    return status.hasRejections() ? ExitCode.FAILED : ExitCode.OK;
  }
}
