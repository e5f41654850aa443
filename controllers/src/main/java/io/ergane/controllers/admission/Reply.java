package io.ergane.controllers.admission;

/** An HTTP answer of a webhook. */
record Reply(int status, String contentType, String body) {
  static Reply text(int status, String text) {
    return new Reply(status, "text/plain; charset=utf-8", text);
  }

  static Reply json(String body) {
    return new Reply(200, "application/json", body);
  }
}
