@NullMarked
package io.ergane.controllers;

import org.jspecify.annotations.NullMarked;
