package io.ergane.testkit.breach.unmarked;

/** A class in a package that does not say how it treats null. */
final class Careless {}
