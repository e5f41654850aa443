/**
 * The engine model behind real HTTP: vLLM and SGLang by their endpoints and metric names, with
 * deterministic answers, failure injection and a view of what was received. Start reading at {@link
 * io.ergane.simulator.http.SimulatedEngine}. Each engine, with all its connections, lives on one
 * event loop.
 */
@NullMarked
package io.ergane.simulator.http;

import org.jspecify.annotations.NullMarked;
