package io.ergane.controllers.admission.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x9.X962Parameters;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
  /** The traditional forms are PKCS#1 and SEC 1: what Kthena and openssl write. */
  @ParameterizedTest
  @CsvSource({
    "RSA, 2048, SHA256withRSA, RSA PRIVATE KEY",
    "EC, 256, SHA256withECDSA, EC PRIVATE KEY"
  })
  void traditionalAndPlainKeysAreRead(String kind, int size, String signature, String block)
      throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
    generator.initialize(size);
    KeyPair keys = generator.generateKeyPair();
    String certificate = selfSigned(keys, signature);
    String traditional = traditional(keys);

    assertThat(traditional).contains(block);
    assertThat(Pem.identity(certificate, traditional).key().getAlgorithm()).isEqualTo(kind);
    assertThat(Pem.identity(certificate, Pem.print(keys.getPrivate())).key())
        .isEqualTo(keys.getPrivate());
    assertThat(Pem.certificates(certificate + certificate)).hasSize(2);
    assertThat(Pem.print(Pem.certificates(certificate))).isEqualTo(certificate);
  }

  @Test
  void anEdwardsKeyIsReadAndBelongsToItsCertificateAlone() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
    KeyPair keys = generator.generateKeyPair();
    String certificate = selfSigned(keys, "Ed25519");

    assertThat(Pem.identity(certificate, Pem.print(keys.getPrivate())).key())
        .isEqualTo(keys.getPrivate());
    String other = Pem.print(generator.generateKeyPair().getPrivate());
    assertThatThrownBy(() -> Pem.identity(certificate, other))
        .hasMessage("the key is not that of the first certificate");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA"
      })
  void whatIsNoCertificateIsSaid(String text) {
    assertThatThrownBy(() -> Pem.identity(text, text)).isInstanceOf(UnusableCertificate.class);
  }

  @Test
  void aKeyIsNeverPrinted() {
    var issued = new Authority().issue(List.of("a.test"), Instant.now(), Duration.ofDays(1));

    assertThat(issued.identity().toString()).isEqualTo("Identity[CN=a.test]");
  }

  private static String traditional(KeyPair keys) throws IOException {
    if (!(keys.getPrivate() instanceof ECPrivateKey key)) {
      return pem(keys.getPrivate());
    }
    var structure =
        new org.bouncycastle.asn1.sec.ECPrivateKey(
            256, key.getS(), new X962Parameters(SECObjectIdentifiers.secp256r1));
    return pem(new PemObject("EC PRIVATE KEY", structure.getEncoded()));
  }

  private static String selfSigned(KeyPair keys, String signature)
      throws OperatorCreationException, IOException {
    X500Name name = new X500Name("CN=x");
    Date now = Date.from(Instant.EPOCH);
    return pem(
        new JcaX509v3CertificateBuilder(name, BigInteger.ONE, now, now, name, keys.getPublic())
            .build(new JcaContentSignerBuilder(signature).build(keys.getPrivate())));
  }

  private static String pem(Object part) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(part);
    }
    return text.toString();
  }
}
