package io.ergane.api;

/** The inference server that a ModelServer's pods run. */
public enum InferenceEngine implements Coded {
  VLLM("vLLM"),
  SGLANG("SGLang"),
  TRITON("Triton"),
  TORCHSERVE("TorchServe");

  private final String text;

  InferenceEngine(String text) {
    this.text = text;
  }

  @Override
  public String text() {
    return text;
  }
}
