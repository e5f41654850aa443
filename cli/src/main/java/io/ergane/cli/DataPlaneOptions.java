package io.ergane.cli;

import picocli.CommandLine.Mixin;

/** Of a process that decides by what a control plane tells it, whoever its clients are. */
final class DataPlaneOptions {
  @Mixin XdsOptions xds = new XdsOptions();

  @Mixin PageOptions pages = new PageOptions();

  @Mixin SchedulingOptions scheduling = new SchedulingOptions();

  DataPlaneOptions() {}

  void check() {
    xds.check();
    pages.check();
    scheduling.check();
  }
}
