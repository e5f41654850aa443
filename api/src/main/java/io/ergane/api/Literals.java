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
  static final String TARGET_VALUE_POSITIVE = "metric target value must be greater than 0";
  static final String METRIC_TWICE = "duplicate metric name";
  static final String ONE_METRIC_NAME = "exactly one of name or metricName must be set";
  static final String ONE_TARGET =
      "exactly one of homogeneousTarget, heterogeneousTarget or disaggregatedTarget must be set";
  static final String RATIO_OF_TWO = "numeratorRole and denominatorRole must be different";
  static final String RATIO_NEEDS_ROLES = "ratioConstraint requires two roles";
  static final String SOURCE_MISSING = "one of pod or prometheus must be set";
  static final String SOURCES_TWO = "pod and prometheus cannot both be set";
  static final String ONE_BINDING_TARGET =
      "exactly one of homogeneousTarget, heterogeneousTarget, scalingConfiguration or"
          + " optimizerConfiguration must be set";
  static final String DOES_NOT_EXIST = "does not exist";

  static final String ONE_BACKEND_FIELD = "exactly one of backend or backends must be set";
  static final String REPLICAS_MISSING = "replicas must be set, or minReplicas of older manifests";

  /** The words of the API server. */
  static final String NOT_NEGATIVE = "should be a non-negative integer";

  static final String ROLE_PARTITION = "Forbidden: needs rollout type RoleRollingUpdate";
  static final String WORKER_TEMPLATE_MISSING =
      "Required value: workerTemplate is required when workerReplicas is greater than 0";
  static final String IMAGE_SPACES = "image must be neither blank nor contain spaces";
  static final String RECOVERY_AGAINST_ROLLOUT =
      "Invalid value: \"ServingGroupRecreate\": cannot be combined with rollout type"
          + " RoleRollingUpdate; use RoleRecreate or ServingGroupRollingUpdate";
  static final String ROLE_NAMES_UNIQUE = "roles name must be unique";

  static final String OPTIONAL_SECRET = "optional must be false or unset";
}
