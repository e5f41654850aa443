package io.ergane.proto.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * PEM files of a server.
 *
 * @param certificate the server's certificate and what chains it to an authority
 * @param key private key to it, PKCS#8
 * @param clientAuthority certificates that a client's must lead to; null when clients show none
 */
public record TlsFiles(Path certificate, Path key, @Nullable Path clientAuthority) {}
