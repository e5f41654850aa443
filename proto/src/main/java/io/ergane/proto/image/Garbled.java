package io.ergane.proto.image;

/** A resource that cannot be understood; the message says what was found and what is accepted. */
final class Garbled extends RuntimeException {
  Garbled(String message) {
    super(message, null, false, false);
  }
}
