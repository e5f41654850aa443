package io.ergane.simulator.http;

import io.ergane.simulator.model.EngineConfig;
import io.ergane.simulator.model.EngineModel;
import io.ergane.simulator.model.EngineRequest;
import io.ergane.simulator.model.Pace;
import io.ergane.simulator.model.PseudoTokens;
import io.netty.handler.codec.http.HttpRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Turns an inference request into a {@link Generation}, or into the reply that refuses it. */
final class InferenceEndpoint {
  private static final int DEFAULT_MAX_TOKENS = 16;

  private final EngineProcess process;

  InferenceEndpoint(EngineProcess process) {
    this.process = process;
  }

  /** The generation to follow, null when the request was refused with a reply. */
  @Nullable Generation begin(
      InferenceApi api,
      HttpRequest request,
      byte[] body,
      Fault fault,
      Responder responder,
      Runnable whenDone) {
    EngineCall call;
    try {
      call = CallReader.read(api, body);
    } catch (IOException e) {
      return refuse(responder, whenDone, api, 400, "The body is not usable: " + brief(e), null);
    }
    if (call.model == null) {
      return refuse(responder, whenDone, api, 400, "The body names no `model`.", "model");
    }
    ServedModels.Served served = process.served().find(call.model);
    if (served == null) {
      String message = "The model `" + call.model + "` does not exist.";
      return refuse(responder, whenDone, api, 404, message, "model");
    }
    if (call.prompt.length() == 0) {
      String message = "The body has no `messages`, `prompt` or `input`.";
      return refuse(responder, whenDone, api, 400, message, null);
    }
    try {
      return start(call, served, request, fault, responder, whenDone);
    } catch (IllegalArgumentException e) {
      return refuse(responder, whenDone, api, 400, String.valueOf(e.getMessage()), null);
    }
  }

  private @Nullable Generation start(
      EngineCall call,
      ServedModels.Served served,
      HttpRequest request,
      Fault fault,
      Responder responder,
      Runnable whenDone) {
    EngineModel model = process.model();
    EngineConfig config = model.config();
    AnswerText text = AnswerText.of(served.opening(), call);
    int promptTokens = PseudoTokens.count(call.prompt.length());
    int exact = RequestPace.tokens(request.headers());
    int most = call.maxTokens == EngineCall.UNSET ? DEFAULT_MAX_TOKENS : call.maxTokens;
    boolean endless = exact != EngineCall.UNSET || call.ignoreEnd;
    int wanted = exact != EngineCall.UNSET ? exact : most;
    int outputTokens =
        !call.api.generates() ? 0 : endless ? wanted : Math.min(wanted, text.naturalLength());
    Pace pace = RequestPace.of(request.headers(), config, promptTokens, fault);
    if (!model.accepts(promptTokens, outputTokens)) {
      return refuse(
          responder, whenDone, call.api, 400, tooLong(config, promptTokens, outputTokens), null);
    }
    if (model.full()) {
      String message = "Already " + model.waiting() + " requests are waiting. Try again later.";
      return refuse(responder, whenDone, call.api, 503, message, null);
    }
    boolean cut = endless || wanted < text.naturalLength();
    Answer answer =
        new Answer(
            process.nextAnswerId(),
            System.currentTimeMillis() / 1000,
            served.escaped(),
            text,
            promptTokens,
            outputTokens,
            cut,
            call.usageWanted);
    AnswerShape shape = call.api.generates() ? AnswerShape.of(call.api, answer) : null;
    Generation generation =
        new Generation(
            process,
            responder,
            answer,
            shape != null ? shape : PoolingAnswers.of(call, answer),
            call.stream ? shape : null,
            fault,
            whenDone);
    long[] blocks =
        PseudoTokens.blockHashes(
            call.prompt.bytes(), call.prompt.length(), config.blockTokens(), served.seed());
    generation.start(new EngineRequest(blocks, promptTokens, outputTokens, pace));
    return generation;
  }

  private static String tooLong(EngineConfig config, int promptTokens, int outputTokens) {
    return "This model's maximum context length is "
        + config.kvTokens()
        + " tokens. However, you requested "
        + ((long) promptTokens + outputTokens)
        + " tokens ("
        + promptTokens
        + " in the messages, "
        + outputTokens
        + " in the completion). Please reduce the length of the messages or completion.";
  }

  private @Nullable Generation refuse(
      Responder responder,
      Runnable whenDone,
      InferenceApi api,
      int status,
      String message,
      @Nullable String param) {
    process.countRefused();
    responder.reply(Reply.error(api, status, message, param), -1);
    whenDone.run();
    return null;
  }

  private static String brief(IOException error) {
    String message = String.valueOf(error.getMessage());
    int line = message.indexOf('\n');
    return line < 0 ? message : message.substring(0, line);
  }
}
