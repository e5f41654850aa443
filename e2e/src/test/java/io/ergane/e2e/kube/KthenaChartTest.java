package io.ergane.e2e.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.e2e.Chats;
import io.ergane.e2e.CommandLine;
import io.ergane.e2e.Web;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The processes of Kthena's chart, each by itself, as Ergane's commands. */
@NeedsPart(Part.API_SERVER)
@TestInstance(Lifecycle.PER_CLASS)
final class KthenaChartTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/%s/leases";

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private KthenaChart chart;

  private final Web web = new Web();

  @BeforeAll
  void install() {
    chart = KthenaChart.install();
  }

  @AfterAll
  void remove() {
    chart.close();
    web.close();
  }

  /** The chart's liveness probe begins after a second, and ends what does not answer it. */
  @Test
  void theRouterIsAliveBeforeItKnowsTheClusterAndReadyWhenItDoes() throws Exception {
    String account = "newcomer";
    try (CommandLine router =
        chart.startAs(account, folder, KthenaChart.ROUTER, "--enable-webhook=false")) {
      String base = KthenaChart.base(router);
      assertThat(web.get(base + "/healthz").statusCode()).isEqualTo(200);
      assertThat(web.get(base + "/readyz").statusCode()).isEqualTo(503);
      assertThat(chat(base).statusCode()).isEqualTo(503);

      String name = chart.namespace().name();
      chart
          .namespace()
          .server()
          .kubectl(
              "create",
              "clusterrolebinding",
              name + "-" + account,
              "--clusterrole=" + name + "-kthena-router",
              "--serviceaccount=" + name + ":" + account);
      await().atMost(PATIENCE).until(() -> web.get(base + "/readyz").statusCode() == 200);
    }
  }

  @Test
  void aRouterThatStillWaitsForTheClusterEndsWhenItIsTold() throws Exception {
    try (CommandLine router =
        chart.startAs("nobody", folder, KthenaChart.ROUTER, "--enable-webhook=false")) {
      var _ = KthenaChart.base(router);
      router.terminate();
      assertThat(router.exitCode()).isEqualTo(143);
    }
  }

  @Test
  void theControllerManagerIsHealthyAdmitsLeadsAndEnds() throws Exception {
    try (CommandLine manager = chart.start(folder, KthenaChart.MANAGER, "--leader-elect=true");
        Probe probe = new Probe()) {
      manager.awaitErr("stands in for Kthena's controller manager");
      chart.awaitAdmission(manager, KthenaChart.BAD_SERVING);
      assertThat(chart.namespace().tryOut(KthenaChart.BAD_SERVING))
          .contains("admission webhook \"validate-workload-ai-v1alpha1-modelserving.volcano.sh\"");
      assertThat(probe.get("https://127.0.0.1:" + chart.managerWebhooks() + "/healthz"))
          .isEqualTo(200);
      await().atMost(PATIENCE).until(() -> !holder().isEmpty());
      assertThat(chart.secret("kthena-controller-manager-webhook-certs"))
          .contains("ca.crt", "tls.crt", "tls.key");
      manager.terminate();
      assertThat(manager.exitCode()).isEqualTo(143);
    }
  }

  private String holder() {
    return chart
        .namespace()
        .find(LEASES, "lease.kthena.controller-manager")
        .map(lease -> lease.at("/spec/holderIdentity").asText(""))
        .orElse("");
  }

  private HttpResponse<String> chat(String base) throws Exception {
    return web.post(base + "/v1/chat/completions", Chats.body(chart.model(), "hello"));
  }
}
