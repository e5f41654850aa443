package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model service outside the cluster, reached over HTTPS. */
@JsonClassDescription("A model service outside the cluster, reached over HTTPS.")
public record ExternalModelProvider(ObjectMeta metadata, @Required Spec spec) implements Resource {

  @Override
  public String apiVersion() {
    return NETWORKING_V1ALPHA1;
  }

  @Override
  public String kind() {
    return "ExternalModelProvider";
  }

  /**
   * Where the provider is and how to talk to it.
   *
   * @param model name that the provider serves; null: requests keep the client's name
   * @param auth null: no credential is sent
   */
  public record Spec(
      @JsonPropertyDescription("API that the provider speaks.") @Default("OpenAI")
          ProviderType providerType,
      @JsonPropertyDescription(
              "Model name that the provider serves; requests are rewritten to it. Without it they"
                  + " keep the client's name.")
          @Size(max = 256)
          @Nullable String model,
      @JsonPropertyDescription("HTTPS address of the provider, without query or fragment.")
          @Required
          @Size(min = 1)
          @Pattern("^https://.+")
          @RefusedWith(Literals.HTTPS_ONLY)
          String baseURL,
      @JsonPropertyDescription("Accepts any certificate from the provider.") @Default("false")
          boolean insecureSkipVerify,
      @JsonPropertyDescription("Credential sent to the provider.") @Nullable Auth auth,
      @JsonPropertyDescription("Headers set on every request to the provider.")
          Map<String, String> headers) {

    public Spec {
      model = model == null || model.isEmpty() ? null : model;
      headers = Copies.of(headers);
    }
  }

  /**
   * What routers observe of the provider.
   *
   * @param observedGeneration generation of the object that was looked at; null: none yet
   */
  public record Status(
      @JsonPropertyDescription("Generation of the object that was looked at.")
          @Nullable Long observedGeneration,
      @JsonPropertyDescription(
              "CredentialsResolved: the Secret holds a credential. Ready: requests can be sent.")
          List<Condition> conditions) {

    public Status {
      conditions = List.copyOf(conditions);
    }
  }

  /** The API that a provider speaks. */
  public enum ProviderType implements Coded {
    OPENAI("OpenAI"),
    ANTHROPIC("Anthropic");

    private final String text;

    ProviderType(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  /**
   * A credential and the way it is sent.
   *
   * @param scheme null: by provider type, see {@link #schemeFor}
   */
  @ValidationRule(
      value = "!has(self.secretRef.optional) || !self.secretRef.optional",
      message = "secretRef." + Literals.OPTIONAL_SECRET)
  public record Auth(
      @JsonPropertyDescription(
              "How the credential is sent: Bearer in Authorization, APIKey in x-api-key. Bearer for"
                  + " OpenAI and APIKey for Anthropic when left out.")
          @Nullable AuthScheme scheme,
      @JsonPropertyDescription("Key of a Secret in the provider's namespace.") @Required
          SecretKeySelector secretRef) {

    /** The scheme in force for a provider of the given type. */
    public AuthScheme schemeFor(ProviderType type) {
      if (scheme != null) {
        return scheme;
      }
      return switch (type) {
        case OPENAI -> AuthScheme.BEARER;
        case ANTHROPIC -> AuthScheme.API_KEY;
      };
    }
  }

  /** {@code Authorization: Bearer …} or {@code x-api-key: …}. */
  public enum AuthScheme implements Coded {
    BEARER("Bearer"),
    API_KEY("APIKey");

    private final String text;

    AuthScheme(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  /** One key of a Secret. */
  public record SecretKeySelector(
      @JsonPropertyDescription("Name of the Secret.") @Default("") String name,
      @JsonPropertyDescription("Key in the Secret.")
          @Required
          @RefusedWith(Literals.SECRET_KEY_MISSING)
          String key,
      @JsonPropertyDescription("Must be false or left out: a missing Secret is an error.")
          @Nullable Boolean optional) {}
}
