package io.ergane.simulator.http;

import io.ergane.simulator.http.Fault.Garbage;
import io.ergane.simulator.http.Fault.Point;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One connection of an engine: requests are answered one after the other, in order. */
final class EngineHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final int MAX_PIPELINED = 16;
  private static final String FAULT_HEADER = "x-sim-fault";
  private static final byte[] GARBAGE = Answer.utf8("<html>{\"neither\": JSON nor events\n\n");

  private final EngineProcess process;
  private final InferenceEndpoint inference;
  private final EngineEndpoints endpoints;
  private final ArrayDeque<FullHttpRequest> pipelined = new ArrayDeque<>();
  private @Nullable Generation active;
  private boolean busy;

  EngineHandler(EngineProcess process) {
    this.process = process;
    this.inference = new InferenceEndpoint(process);
    this.endpoints = new EngineEndpoints(process);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    process.connected(ctx.channel());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    process.disconnected(ctx.channel());
    pipelined.forEach(FullHttpRequest::release);
    pipelined.clear();
    if (active != null) {
      active.cancel();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      ctx.fireExceptionCaught(cause); // Netty logs what nobody takes: it is the engine's own fault.
    }
    var _ = ctx.close();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (!busy) {
      handle(ctx, request);
    } else if (pipelined.size() < MAX_PIPELINED) {
      pipelined.add(request.retain());
    } else {
      var _ = ctx.close();
    }
  }

  private void next(ChannelHandlerContext ctx) {
    busy = false;
    active = null;
    FullHttpRequest request = pipelined.poll();
    if (request != null) {
      try {
        handle(ctx, request);
      } finally {
        request.release();
      }
    }
  }

  private void handle(ChannelHandlerContext ctx, FullHttpRequest request) {
    busy = true;
    Responder responder = new Responder(ctx, process.settings().name(), request);
    if (request.decoderResult().isFailure()) {
      finish(ctx, responder, Reply.error(null, 400, "This is not HTTP.", null), -1);
      var _ = ctx.close();
      return;
    }
    String uri = request.uri();
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    byte[] body = ByteBufUtil.getBytes(request.content());
    if (path.startsWith("/sim/")) {
      finish(ctx, responder, endpoints.answer(request.method(), path, body), -1);
      return;
    }
    InferenceApi api = request.method().equals(HttpMethod.POST) ? InferenceApi.ofPath(path) : null;
    if (api != null) {
      process.received(request, body);
    }
    if (!authorized(path, request)) {
      process.countRefused();
      finish(ctx, responder, Reply.unauthorized(), -1);
      return;
    }
    Fault fault = process.meetFault(path, api != null);
    String header = request.headers().get(FAULT_HEADER);
    if (header != null) {
      try {
        fault = FaultText.parse(header);
      } catch (IllegalArgumentException e) {
        finish(ctx, responder, badFault(e), -1);
        return;
      }
    }
    if (fault.equals(Fault.NONE) || !showInstead(ctx, responder, api, fault)) {
      answer(ctx, responder, api, request, path, body, fault);
    }
  }

  private void answer(
      ChannelHandlerContext ctx,
      Responder responder,
      @Nullable InferenceApi api,
      FullHttpRequest request,
      String path,
      byte[] body,
      Fault fault) {
    if (api == null) {
      finish(ctx, responder, endpoints.answer(request.method(), path, body), -1);
      return;
    }
    Generation generation = inference.begin(api, request, body, fault, responder, () -> next(ctx));
    if (generation != null && !generation.isDone()) {
      active = generation;
    }
  }

  /** Shows a failure that needs no answer; returns false if the request is to be answered. */
  private boolean showInstead(
      ChannelHandlerContext ctx, Responder responder, @Nullable InferenceApi api, Fault fault) {
    boolean anyPoint = api == null;
    if (fault.status() != 0) {
      process.countRefused();
      String message = "Injected failure with status " + fault.status() + ".";
      Reply reply = Reply.error(api, fault.status(), message, null);
      finish(ctx, responder, reply, fault.retryAfterSeconds());
      return true;
    }
    if (fault.reset() == Point.BEFORE_HEADERS || (anyPoint && fault.reset() != Point.NEVER)) {
      process.countCancelled();
      responder.resetNow();
      return true;
    }
    if (fault.garbage() == Garbage.PROTOCOL) {
      process.countRefused();
      responder.garbage();
      return true;
    }
    if (fault.garbage() == Garbage.BODY) {
      process.countRefused();
      finish(ctx, responder, new Reply(200, "application/json", GARBAGE.clone()), -1);
      return true;
    }
    return anyPoint && fault.stall() != Point.NEVER;
  }

  private void finish(
      ChannelHandlerContext ctx, Responder responder, Reply reply, int retryAfterSeconds) {
    responder.reply(reply, retryAfterSeconds);
    next(ctx);
  }

  private boolean authorized(String path, FullHttpRequest request) {
    String key = process.settings().apiKey();
    if (key == null || !path.startsWith("/v1/")) {
      return true;
    }
    return ("Bearer " + key).equals(request.headers().get(HttpHeaderNames.AUTHORIZATION));
  }

  static Reply badFault(IllegalArgumentException error) {
    return Reply.error(null, 400, "No fault: " + error.getMessage(), null);
  }
}
