package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ergane.testkit.Certificates;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemFilesTest {
  @TempDir static Path folder = Path.of("");
  private static Certificates files = new Certificates(Path.of(""), Path.of(""));

  @BeforeAll
  static void makeCertificate() {
    files = Certificates.in(folder);
  }

  private static Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static void refused(Path certificate, Path key, String said) {
    assertThatThrownBy(() -> PemFiles.pkcs8Identity("--cert", certificate, "--key", key))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(said);
  }

  @Test
  void aCertificateAndItsKeyAreAccepted() {
    assertThatCode(
            () -> {
              PemFiles.pkcs8Identity("--cert", files.certificate(), "--key", files.key());
              PemFiles.authorities("--ca", files.certificate());
              PemFiles.pkcs8Identity("--cert", null, "--key", null);
              PemFiles.authorities("--ca", null);
            })
        .doesNotThrowAnyException();
  }

  @Test
  void theOptionIsNamedWithTheFileAndWhatIsWrongWithIt() throws IOException {
    Path nowhere = folder.resolve("nowhere.pem");
    Path empty = file("empty.pem", "");
    Path cut = file("cut.pem", Files.readString(files.certificate()).substring(0, 100));

    refused(nowhere, files.key(), "--cert is " + nowhere + ", which does not exist.");
    refused(folder, files.key(), "--cert is " + folder + ", which cannot be read: Is a directory.");
    refused(
        empty,
        files.key(),
        "--cert is " + empty + ", which cannot be used: it holds no CERTIFICATE block.");
    refused(
        cut, files.key(), "--cert is " + cut + ", which cannot be used: the text is not PEM. Give");
    refused(
        files.certificate(),
        files.certificate(),
        "--key is %s, which cannot be used with %s: the key text holds no PRIVATE KEY block"
            .formatted(files.certificate(), files.certificate()));
    assertThatThrownBy(() -> PemFiles.authorities("--ca", files.key()))
        .hasMessage(
            "--ca is %s, which cannot be used: it holds no CERTIFICATE block. Give certificates in PEM."
                .formatted(files.key()));
  }

  @Test
  void theKeyOfAnotherCertificateIsRefused() throws IOException {
    Path other = Certificates.in(Files.createDirectory(folder.resolve("other"))).key();

    refused(
        files.certificate(),
        other,
        "--key is %s, which cannot be used with %s: the key is not that of the first certificate."
            .formatted(other, files.certificate()));
  }

  @Test
  void aKeyThatGrpcDoesNotReadIsRefusedWithTheWayToConvertIt() throws IOException {
    Path key = file("sec1.key", sec1(Files.readString(files.key())));

    assertThatCode(() -> PemFiles.identity("--cert", files.certificate(), "--key", key))
        .doesNotThrowAnyException();
    refused(
        files.certificate(),
        key,
        "--key is %s, whose key is not in PKCS#8. Convert it: openssl pkcs8".formatted(key));
  }

  private static String sec1(String pkcs8) throws IOException {
    StringWriter text = new StringWriter();
    try (PemReader in = new PemReader(new StringReader(pkcs8));
        PemWriter out = new PemWriter(text)) {
      PrivateKeyInfo info = PrivateKeyInfo.getInstance(in.readPemObject().getContent());
      BigInteger secret = ECPrivateKey.getInstance(info.parsePrivateKey()).getKey();
      ECPrivateKey key =
          new ECPrivateKey(
              secret.bitLength(), secret, info.getPrivateKeyAlgorithm().getParameters());
      out.writeObject(new PemObject("EC PRIVATE KEY", key.getEncoded()));
    }
    return text.toString();
  }
}
