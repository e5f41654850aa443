package io.ergane.extproc;

import io.ergane.extproc.wire.Encoded;
import io.grpc.Status;

/** Where a stream's messages go. */
interface Output {
  /** Sends a message; its bytes are taken before this returns. */
  void send(Encoded message);

  /** Ends the stream well; nothing is sent afterwards. */
  void complete();

  /** Ends the stream with an error; nothing is sent afterwards. */
  void fail(Status status);
}
