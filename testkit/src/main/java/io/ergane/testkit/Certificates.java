package io.ergane.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A certificate that signs itself, for localhost and 127.0.0.1, as PEM files.
 *
 * @param certificate vouches for itself
 * @param key in PKCS#8
 */
public record Certificates(Path certificate, Path key) {
  private static final String PASSWORD = "secret";

  /** Makes a new one whose files are in {@code folder}. */
  public static Certificates in(Path folder) {
    Path store = folder.resolve("store.p12");
    try {
      makeStore(store);
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        keys.load(in, PASSWORD.toCharArray());
      }
      Files.delete(store);
      return new Certificates(
          pem(folder, "CERTIFICATE", keys.getCertificate("k").getEncoded()),
          pem(folder, "PRIVATE KEY", keys.getKey("k", PASSWORD.toCharArray()).getEncoded()));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("no certificate could be made in " + folder, e);
    }
  }

  private static void makeStore(Path store) throws IOException {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String options =
        " -genkeypair -alias k -keyalg EC -dname CN=localhost -ext san=dns:localhost,ip:127.0.0.1"
            + " -storetype PKCS12 -storepass "
            + PASSWORD;
    List<String> command = new ArrayList<>(List.of(keytool));
    command.addAll(List.of(options.strip().split(" ")));
    command.addAll(List.of("-keystore", store.toString()));
    Process process = new ProcessBuilder(command).inheritIO().start();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException("keytool made no key");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while keytool made a key", e);
    }
  }

  private static Path pem(Path folder, String kind, byte[] bytes) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return Files.writeString(
        folder.resolve(kind.replace(' ', '-') + ".pem"),
        "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }
}
