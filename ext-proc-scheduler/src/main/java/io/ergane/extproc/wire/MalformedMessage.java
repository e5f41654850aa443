package io.ergane.extproc.wire;

/** Bytes that are no protobuf message. Carries no stack trace: it is part of the protocol. */
final class MalformedMessage extends Exception {
  MalformedMessage(String message) {
    super(message, null, false, false);
  }
}
