package io.ergane.api;

/** Phrases of refusals that clients and tests of Kthena look for, word by word. */
final class Literals {
  private Literals() {}

  static final String MODEL_NAME_OR_ADAPTERS = "either modelName or loraAdapters must be specified";
  static final String ADAPTER_EMPTY = "lora adapter name cannot be an empty string";
  static final String TARGET_MISSING = "each rule must have at least one target model";
  static final String ONE_DESTINATION =
      "exactly one of modelServerName or externalModelProviderName must be set";
  static final String LORA_TARGET = "lora routes must target modelServerName";
  static final String WEIGHTS_ZERO = "total weight must be greater than zero";

  static final String SELECTOR_MISSING = "workloadSelector must be specified";
  static final String LABELS_MISSING = "labels must contain at least one label";
  static final String GROUP_KEY_MISSING = "groupKey must be specified";

  static final String HTTPS_ONLY = "baseURL must use https";
  static final String PLAIN_BASE_URL = "baseURL must not contain userinfo, query, or fragment";
  static final String HEADER_NAME = "header name is invalid";
  static final String HEADER_RESERVED =
      "header is reserved and cannot be configured as a static header";
  static final String HEADER_VALUE = "header value must not contain CR or LF";
  static final String SECRET_NAME_MISSING = "secret name is required";
  static final String SECRET_KEY_MISSING = "secret key is required";
  static final String ROLE_NAMES_UNIQUE = "roles name must be unique";

  static final String OPTIONAL_SECRET = "optional must be false or unset";
}
