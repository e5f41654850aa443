package io.ergane.cli;

import io.ergane.controllers.files.Backends;
import io.ergane.controllers.files.FileLimits;
import io.ergane.controllers.files.ManifestFiles;
import io.ergane.controllers.kubernetes.Cluster;
import io.ergane.controllers.kubernetes.KubernetesSource;
import io.ergane.controllers.source.Contents;
import io.ergane.controllers.source.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What declares routes, models and engines. */
final class SourceOptions {
  @Option(
      names = {"-f", "--filename"},
      paramLabel = "PATH",
      arity = "1..*",
      description =
          "Manifest files or directories (ModelRoute, ModelServer, Pod), watched for changes.")
  List<Path> files = new ArrayList<>();

  @Option(
      names = "--backend",
      paramLabel = "MODEL=URL[,URL…]",
      description = {
        "Engines that already run, without any manifest:",
        "--backend qwen=http://10.0.0.5:8000,http://10.0.0.6:8000"
      })
  List<String> backends = new ArrayList<>();

  @Mixin KubernetesOptions kubernetes = new KubernetesOptions();

  @Spec(Spec.Target.MIXEE)
  @Nullable CommandSpec spec;

  /**
   * @throws ParameterException for an engine that is not understood
   */
  void check() {
    var _ = parsed();
  }

  /** Whether nothing is named; a pod's own cluster counts when nothing else does. */
  boolean isEmpty() {
    return files.isEmpty() && backends.isEmpty() && !kubernetes.wanted(System.getenv());
  }

  /**
   * The cluster that is named, or the one this process runs in when nothing else is; null without.
   *
   * @throws UserError when its configuration cannot be used
   */
  @Nullable Cluster cluster() {
    return namesCluster() ? kubernetes.open() : null;
  }

  /** Whether {@link #cluster} gives one. */
  boolean namesCluster() {
    boolean alone = files.isEmpty() && backends.isEmpty();
    return kubernetes.named() || (alone && kubernetes.wanted(System.getenv()));
  }

  /**
   * @param further manifests beside those that are named
   * @param cluster whose objects count too, as younger ones
   */
  List<Source> sources(List<Path> further, @Nullable Cluster cluster) {
    List<Path> paths = new ArrayList<>(files);
    paths.addAll(further);
    List<Source> sources = new ArrayList<>();
    if (!paths.isEmpty()) {
      sources.add(new ManifestFiles(paths, FileLimits.DEFAULT));
    }
    if (!backends.isEmpty()) {
      sources.add(Source.fixed(parsed()));
    }
    if (cluster != null) {
      sources.add(new KubernetesSource(cluster));
    }
    return sources;
  }

  /**
   * What is written back to a cluster.
   *
   * @param sources with the cluster's
   * @return null without a cluster
   */
  @Nullable ClusterWriters writers(
      @Nullable Cluster cluster, List<Source> sources, WriterOptions options) {
    if (cluster != null && sources.getLast() instanceof KubernetesSource objects) {
      return new ClusterWriters(cluster, objects, options, System.getenv());
    }
    return null;
  }

  private Contents parsed() {
    try {
      return Backends.parse(backends);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
