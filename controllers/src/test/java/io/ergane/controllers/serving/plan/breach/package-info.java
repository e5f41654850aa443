/** A breach of the rules of the plan, planted to show that it is found. */
@NullMarked
package io.ergane.controllers.serving.plan.breach;

import org.jspecify.annotations.NullMarked;
