package io.ergane.controllers.admission.certificates;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes an authority of its own for every server certificate: ECDSA on P-256, signed with SHA-256.
 * The authority's key is forgotten at once, so that nobody can sign a second certificate with it.
 */
final class Authority {
  /** Common name of every authority that is made here, as in Kthena. */
  static final String COMMON_NAME = "kthena-webhook-ca";

  private static final String SUBJECT = "CN=" + COMMON_NAME + ",O=Volcano";
  private static final Duration CLOCK_DIFFERENCE = Duration.ofMinutes(5);

  private final SecureRandom random = new SecureRandom();

  /**
   * A server certificate that the authority signed.
   *
   * @param authority vouches for it and for nothing else
   */
  record Issued(Identity identity, X509Certificate authority) {}

  /**
   * Makes both, valid from a little before {@code now}.
   *
   * @param dnsNames of the server, at least one
   */
  Issued issue(List<String> dnsNames, Instant now, Duration life) {
    try {
      KeyPair authorityKeys = keys();
      KeyPair serverKeys = keys();
      X500Name authorityName = new X500Name(SUBJECT);
      Date from = Date.from(now.minus(CLOCK_DIFFERENCE));
      Date to = Date.from(now.plus(life));
      var authority = builder(authorityName, from, to, authorityName, authorityKeys);
      authority.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      authority.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      X509Certificate authorityCertificate = sign(authority, authorityKeys);
      var server =
          builder(authorityName, from, to, new X500Name("CN=" + dnsNames.getFirst()), serverKeys);
      server.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(authorityCertificate));
      purpose(server, dnsNames);
      Identity identity =
          new Identity(List.of(sign(server, authorityKeys)), serverKeys.getPrivate());
      return new Issued(identity, authorityCertificate);
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IllegalStateException("this Java cannot make an ECDSA certificate", e);
    }
  }

  private static void purpose(X509v3CertificateBuilder server, List<String> dnsNames)
      throws CertIOException {
    server.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    server.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    server.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    GeneralName[] names =
        dnsNames.stream()
            .map(name ->
                new GeneralName(
                    isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
            .toArray(GeneralName[]::new);
    server.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
  }

  private static boolean isAddress(String name) {
    return name.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '.') || name.contains(":");
  }

  private X509v3CertificateBuilder builder(
      X500Name issuer, Date from, Date to, X500Name subject, KeyPair keys)
      throws GeneralSecurityException, CertIOException {
    BigInteger serial = new BigInteger(127, random).add(BigInteger.ONE);
    return new JcaX509v3CertificateBuilder(issuer, serial, from, to, subject, keys.getPublic())
        .addExtension(
            Extension.subjectKeyIdentifier,
            false,
            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
  }

  private KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, KeyPair signer)
      throws OperatorCreationException, GeneralSecurityException {
    var content = new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate());
    return new JcaX509CertificateConverter().getCertificate(builder.build(content));
  }

  /** Whether the authority that signed this certificate was made by us, or by Kthena. */
  static boolean madeBySuch(X509Certificate certificate) {
    return certificate
        .getIssuerX500Principal()
        .getName(X500Principal.RFC1779)
        .contains("CN=" + COMMON_NAME);
  }
}
