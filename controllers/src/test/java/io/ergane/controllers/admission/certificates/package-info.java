@NullMarked
package io.ergane.controllers.admission.certificates;

import org.jspecify.annotations.NullMarked;
