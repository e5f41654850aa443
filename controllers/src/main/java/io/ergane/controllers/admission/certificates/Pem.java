package io.ergane.controllers.admission.certificates;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedSet;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;

/** Certificates and keys as PEM text (RFC 7468), keys in PKCS#8, PKCS#1 or SEC 1. */
public final class Pem {
  /** Beyond this a text is taken for something else. */
  public static final int MOST_CHARACTERS = 1 << 20;

  private Pem() {}

  /**
   * The certificates of a text in their order.
   *
   * @throws UnusableCertificate when one of them cannot be read
   */
  public static List<X509Certificate> certificates(String text) throws UnusableCertificate {
    List<X509Certificate> found = new ArrayList<>();
    JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
    for (Object part : parts(text)) {
      if (part instanceof X509CertificateHolder holder) {
        try {
          found.add(converter.getCertificate(holder));
        } catch (GeneralSecurityException e) {
          throw new UnusableCertificate("a certificate cannot be read: " + e.getMessage(), e);
        }
      }
    }
    return found;
  }

  /**
   * The key and the certificates of two texts, which must belong together.
   *
   * @throws UnusableCertificate saying what is wrong with them
   */
  public static Identity identity(String chain, String key) throws UnusableCertificate {
    List<X509Certificate> certificates = certificates(chain);
    if (certificates.isEmpty()) {
      throw new UnusableCertificate("the certificate text holds no CERTIFICATE block", null);
    }
    PrivateKey secret = key(key);
    if (!belongTogether(certificates.getFirst().getPublicKey(), secret)) {
      throw new UnusableCertificate("the key is not that of the first certificate", null);
    }
    return new Identity(certificates, secret);
  }

  private static PrivateKey key(String text) throws UnusableCertificate {
    for (Object part : parts(text)) {
      if (part instanceof PEMKeyPair pair) {
        return key(pair.getPrivateKeyInfo());
      }
      if (part instanceof PrivateKeyInfo info) {
        return key(info);
      }
    }
    throw new UnusableCertificate(
        "the key text holds no PRIVATE KEY block that is readable without a password", null);
  }

  private static PrivateKey key(PrivateKeyInfo info) throws UnusableCertificate {
    var kind = info.getPrivateKeyAlgorithm().getAlgorithm();
    String algorithm =
        kind.equals(X9ObjectIdentifiers.id_ecPublicKey)
            ? "EC"
            : kind.equals(EdECObjectIdentifiers.id_Ed25519) ? "Ed25519" : "RSA";
    try {
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    } catch (GeneralSecurityException | IOException e) {
      throw new UnusableCertificate("the key is neither an RSA nor an elliptic curve key", e);
    }
  }

  private static boolean belongTogether(PublicKey shown, PrivateKey secret) {
    String algorithm =
        switch (secret.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> secret.getAlgorithm();
        };
    byte[] sample = {1, 2, 3};
    try {
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(secret);
      signing.update(sample);
      byte[] signature = signing.sign();
      Signature checking = Signature.getInstance(algorithm);
      checking.initVerify(shown);
      checking.update(sample);
      return checking.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static List<Object> parts(String text) throws UnusableCertificate {
    if (text.length() > MOST_CHARACTERS) {
      throw new UnusableCertificate(
          "a PEM text has at most " + MOST_CHARACTERS + " characters", null);
    }
    List<Object> parts = new ArrayList<>();
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        parts.add(part);
      }
    } catch (IOException | RuntimeException e) {
      throw new UnusableCertificate("the text is not PEM", e);
    }
    return parts;
  }

  static String print(List<X509Certificate> certificates) {
    return print(certificates.toArray());
  }

  static String print(SequencedSet<X509Certificate> certificates) {
    return print(certificates.toArray());
  }

  static String print(PrivateKey key) {
    return print(new Object[] {key});
  }

  private static String print(Object[] parts) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      for (Object part : parts) {
        writer.writeObject(
            part instanceof PrivateKey key
                ? new PKCS8Generator(PrivateKeyInfo.getInstance(key.getEncoded()), null)
                : part);
      }
    } catch (IOException e) {
      throw new IllegalStateException("a PEM text cannot be written", e);
    }
    return text.toString();
  }
}
