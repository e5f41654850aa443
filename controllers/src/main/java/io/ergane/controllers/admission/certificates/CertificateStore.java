package io.ergane.controllers.admission.certificates;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Where the replicas of a process share their certificate: one Secret. */
interface CertificateStore {
  /**
   * What is stored.
   *
   * @param data the Secret's values as text, by key
   * @param annotations of the Secret
   * @param version changes with every write; empty for what has not been stored
   */
  record Entry(Map<String, String> data, Map<String, String> annotations, String version) {
    public Entry {
      data = Map.copyOf(data);
      annotations = Map.copyOf(annotations);
    }
  }

  /** Its name, for messages. */
  String name();

  Optional<Entry> read() throws IOException;

  /** Stores the first entry; false when there is one already. */
  boolean create(Entry entry) throws IOException;

  /** Replaces the entry that has the given one's version; false when there is none any more. */
  boolean replace(Entry entry) throws IOException;

  /** Whether this account may replace it. */
  boolean mayReplace() throws IOException;
}
