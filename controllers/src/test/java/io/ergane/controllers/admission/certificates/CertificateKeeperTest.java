package io.ergane.controllers.admission.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.controllers.admission.certificates.CertificateKeeper.Source;
import io.ergane.controllers.admission.certificates.CertificateStore.Entry;
import io.ergane.testkit.Laws;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateKeeperTest {
  private static final List<String> NAMES =
      List.of("hooks.prod.svc", "hooks.prod.svc.cluster.local");
  private static final Terms TERMS = Terms.DEFAULT;

  private final Cluster cluster = new Cluster();
  private final ServingKeys keys = new ServingKeys();

  @Test
  void theFirstLookMakesStoresServesAndAnnouncesACertificate() throws Exception {
    assertThat(keeper(keys, null).look().problem()).isNull();

    Entry entry = Objects.requireNonNull(cluster.entry);
    assertThat(entry.data()).containsOnlyKeys("tls.crt", "tls.key", "ca.crt");
    X509Certificate shown = shown();
    assertThat(shown.getSubjectAlternativeNames())
        .containsExactlyInAnyOrder(List.of(2, NAMES.get(0)), List.of(2, NAMES.get(1)));
    assertThat(cluster.trusted).hasSize(1);
    shown.verify(cluster.trusted.iterator().next().getPublicKey());
    assertThat(Duration.between(cluster.now, shown.getNotAfter().toInstant()))
        .isEqualTo(Duration.ofDays(365));
  }

  @Test
  void replicasThatStartTogetherServeTheSameCertificate() throws Exception {
    ServingKeys other = new ServingKeys();
    CertificateKeeper second = keeper(other, null);
    cluster.beforeCreate = () -> second.look();

    keeper(keys, null).look();

    assertThat(shown()).isEqualTo(Objects.requireNonNull(other.current()).certificate());
  }

  @Test
  void aRenewalTellsTheApiServersBeforeTheCertificateIsShown() throws Exception {
    CertificateKeeper keeper = keeper(keys, null);
    keeper.look();
    X509Certificate first = shown();

    cluster.now = cluster.now.plus(Duration.ofDays(244));
    keeper.look();
    assertThat(shown()).isEqualTo(first);
    assertThat(cluster.trusted).hasSize(2);

    cluster.now = cluster.now.plus(TERMS.propagation());
    keeper.look();
    assertThat(shown()).isNotEqualTo(first);
    assertThat(cluster.trusted).hasSize(2);

    cluster.now = cluster.now.plus(TERMS.overlap());
    keeper.look();
    assertThat(cluster.trusted).hasSize(1);
    shown().verify(cluster.trusted.iterator().next().getPublicKey());
  }

  @Test
  void nothingIsWrittenWhileNothingIsDue() {
    CertificateKeeper keeper = keeper(keys, null);
    keeper.look();
    int writes = cluster.writes;

    cluster.now = cluster.now.plus(Duration.ofDays(100));
    keeper.look();

    assertThat(cluster.writes).isEqualTo(writes);
  }

  @Test
  void whereTheSecretCannotBeReplacedTheFirstCertificateLivesLong() throws Exception {
    cluster.mayReplace = false;
    CertificateKeeper keeper = keeper(keys, null);

    assertThat(keeper.look().problem()).isNull();
    assertThat(Duration.between(cluster.now, shown().getNotAfter().toInstant()))
        .isEqualTo(TERMS.fixedLife());
    cluster.now = cluster.now.plus(Duration.ofDays(3000));
    assertThat(keeper.look().problem()).contains("may not update that Secret", "Allow it to");
  }

  @Test
  void anotherServiceNameMakesForANewCertificate() throws Exception {
    keeper(keys, null).look();
    Source renamed = new Source(null, false, List.of("other.prod.svc"), TERMS);
    CertificateKeeper keeper =
        new CertificateKeeper(renamed, cluster, cluster, keys, () -> cluster.now);

    keeper.look();
    cluster.now = cluster.now.plus(TERMS.propagation());
    keeper.look();

    assertThat(shown().getSubjectAlternativeNames()).containsExactly(List.of(2, "other.prod.svc"));
  }

  @Test
  void aSecretOfCertManagerIsServedAndNeverChanged() throws Exception {
    keeper(keys, null).look();
    Entry own = Objects.requireNonNull(cluster.entry);
    cluster.entry =
        new Entry(own.data(), Map.of("cert-manager.io/certificate-name", "x"), own.version());
    cluster.now = cluster.now.plus(Duration.ofDays(364));
    int writes = cluster.writes;

    assertThat(keeper(new ServingKeys(), null).look().problem()).isNull();

    assertThat(cluster.writes).isEqualTo(writes);
  }

  @Test
  void aSecretThatCannotBeUsedIsReportedAndLeftAlone() {
    cluster.entry = new Entry(Map.of("tls.crt", "x", "tls.key", ""), Map.of(), "1");

    assertThat(keeper(keys, null).look().problem()).contains("cannot be used", "Delete it");
    assertThat(cluster.writes).isZero();
    assertThat(keys.current()).isNull();
  }

  @Test
  void filesAreServedWhereThereIsNoSecretAndReadAgain(@TempDir Path folder) throws Exception {
    CertificateFiles files = files(folder, "one.test");
    CertificateKeeper keeper = keeper(keys, files);

    assertThat(keeper.look().problem()).isNull();
    assertThat(shown().getSubjectX500Principal().getName()).isEqualTo("CN=one.test");
    assertThat(cluster.writes).isZero();
    files(folder, "two.test");
    keeper.look();
    assertThat(shown().getSubjectX500Principal().getName()).isEqualTo("CN=two.test");
  }

  @Test
  void filesThatDoNotBelongTogetherLeaveWhatIsServed(@TempDir Path folder) throws Exception {
    CertificateFiles files = files(folder, "one.test");
    CertificateKeeper keeper = keeper(keys, files);
    keeper.look();
    String key = Files.readString(files.key());
    files(folder, "two.test");
    Files.writeString(files.key(), key);

    assertThat(keeper.look().problem()).contains("the key is not that of the first certificate");
    assertThat(shown().getSubjectX500Principal().getName()).isEqualTo("CN=one.test");
  }

  @Test
  void aClusterInTroubleIsReportedAndFilesStandIn(@TempDir Path folder) throws Exception {
    cluster.broken = true;

    assertThat(keeper(keys, null).look().problem()).isEqualTo("the cluster is away");
    assertThat(keeper(keys, files(folder, "one.test")).look().problem())
        .isEqualTo("the cluster is away");
    assertThat(shown().getSubjectX500Principal().getName()).isEqualTo("CN=one.test");
  }

  /**
   * Whatever replicas look in whatever order, with pauses, failures and lost writes: each shows a
   * certificate that an API server trusts, even one that hears late of changes.
   */
  @Test
  void noReplicaEverShowsWhatIsNotTrusted() {
    Terms terms =
        new Terms(
            Duration.ofHours(9),
            2.0 / 3,
            Duration.ofDays(3650),
            Duration.ofSeconds(30),
            Duration.ofMinutes(30),
            Duration.ofSeconds(15));
    Laws.hold(15, 40, (random, size) -> rotateForAWhile(random, size + 5, terms));
  }

  private static void rotateForAWhile(RandomGenerator random, int rounds, Terms terms)
      throws GeneralSecurityException {
    Cluster cluster = new Cluster();
    cluster.random = random;
    List<ServingKeys> replicas = new ArrayList<>();
    List<CertificateKeeper> keepers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ServingKeys keys = new ServingKeys();
      replicas.add(keys);
      Source source = new Source(null, false, NAMES, terms);
      keepers.add(new CertificateKeeper(source, cluster, cluster, keys, () -> cluster.now));
    }
    Set<X509Certificate> late = new LinkedHashSet<>();
    for (int round = 0; round < rounds; round++) {
      late.clear();
      late.addAll(cluster.trusted);
      cluster.now = cluster.now.plusSeconds(random.nextInt(10) == 0 ? 10_000 : 15);
      List<CertificateKeeper> order = new ArrayList<>(keepers);
      java.util.Collections.shuffle(order, new java.util.Random(random.nextLong()));
      cluster.otherReplica = () -> keepers.get(random.nextInt(3)).look();
      order.forEach(CertificateKeeperTest::lookUntilWell);
      for (ServingKeys keys : replicas) {
        Identity identity = keys.current();
        if (identity != null) {
          assertThat(cluster.trusted).anyMatch(authority -> vouches(authority, identity));
          assertThat(late.isEmpty() || late.stream().anyMatch(a -> vouches(a, identity))).isTrue();
        }
      }
      assertThat(cluster.trusted).hasSizeLessThan(4);
    }
  }

  private static void lookUntilWell(CertificateKeeper keeper) {
    for (int i = 0; i < 200 && keeper.look().problem() != null; i++) {}
  }

  private static boolean vouches(X509Certificate authority, Identity identity) {
    try {
      identity.certificate().verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static CertificateFiles files(Path folder, String host) throws IOException {
    Identity identity =
        new Authority()
            .issue(List.of(host), Instant.parse("2026-01-01T00:00:00Z"), Duration.ofDays(9))
            .identity();
    return new CertificateFiles(
        Files.writeString(folder.resolve("tls.crt"), Pem.print(identity.chain())),
        Files.writeString(folder.resolve("tls.key"), Pem.print(identity.key())));
  }

  private CertificateKeeper keeper(ServingKeys into, @Nullable CertificateFiles files) {
    return new CertificateKeeper(
        new Source(files, false, NAMES, TERMS), cluster, cluster, into, () -> cluster.now);
  }

  private X509Certificate shown() {
    return Objects.requireNonNull(keys.current()).certificate();
  }

  /** A Secret and a webhook configuration in memory, with the races of real ones. */
  private static final class Cluster implements CertificateStore, TrustList {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    @Nullable Entry entry;
    Set<X509Certificate> trusted = new LinkedHashSet<>();
    boolean mayReplace = true;
    boolean broken;
    int writes;
    int trustVersion;
    Runnable beforeCreate = () -> {};
    Runnable otherReplica = () -> {};
    @Nullable RandomGenerator random;
    private int depth;

    /** Another replica comes in between, or the API server does not answer. */
    private void interfere() throws IOException {
      RandomGenerator dice = random;
      if (broken || (dice != null && dice.nextInt(20) == 0)) {
        throw new IOException("the cluster is away");
      }
      if (dice != null && depth < 2 && dice.nextInt(8) == 0) {
        depth++;
        otherReplica.run();
        depth--;
      }
    }

    @Override
    public String name() {
      return "Secret prod/certs";
    }

    @Override
    public Optional<Entry> read() throws IOException {
      interfere();
      return Optional.ofNullable(entry);
    }

    @Override
    public boolean create(Entry first) throws IOException {
      Runnable before = beforeCreate;
      beforeCreate = () -> {};
      before.run();
      interfere();
      if (entry != null) {
        return false;
      }
      writes++;
      entry = new Entry(first.data(), first.annotations(), "1");
      return true;
    }

    @Override
    public boolean replace(Entry changed) throws IOException {
      interfere();
      Entry present = Objects.requireNonNull(entry);
      if (!present.version().equals(changed.version())) {
        return false;
      }
      writes++;
      String version = Integer.toString(Integer.parseInt(present.version()) + 1);
      entry = new Entry(changed.data(), changed.annotations(), version);
      return true;
    }

    @Override
    public boolean mayReplace() {
      return mayReplace;
    }

    @Override
    public boolean announce(Trust first, Latest latest) throws IOException {
      for (int i = 0; i < 5; i++) {
        interfere();
        Set<X509Certificate> read = trusted;
        int version = trustVersion;
        if (wanted(read, first).equals(read)) {
          return true;
        }
        Set<X509Certificate> wanted = wanted(read, latest.read());
        interfere();
        if (trustVersion == version) {
          writes++;
          trustVersion++;
          trusted = wanted;
          return true;
        }
      }
      return false;
    }

    private static Set<X509Certificate> wanted(Set<X509Certificate> present, Trust trust) {
      Set<X509Certificate> wanted = new LinkedHashSet<>(trust.authorities());
      if (!trust.exactly()) {
        wanted.addAll(present);
      }
      return wanted;
    }
  }
}
