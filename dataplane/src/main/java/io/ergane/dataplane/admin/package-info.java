/** What operators read: metrics, Kthena's configuration dumps, image, endpoints, decisions. */
@NullMarked
package io.ergane.dataplane.admin;

import org.jspecify.annotations.NullMarked;
