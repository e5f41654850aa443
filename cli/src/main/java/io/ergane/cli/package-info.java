/**
 * The {@code ergane} command line: one verb a process, each wired here and nowhere else.
 *
 * <p>{@link io.ergane.cli.Main} is what the JVM starts, {@link io.ergane.cli.Verbs} lists the
 * verbs, and {@link io.ergane.cli.CommandLineShell} finds and runs one. A verb is a picocli command
 * class; it is loaded only when it is asked for, so that a long list of verbs costs no start-up
 * time.
 */
@NullMarked
package io.ergane.cli;

import org.jspecify.annotations.NullMarked;
