package io.ergane.simulator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strict reader of the Prometheus text format 0.0.4: every family has its help and type before
 * its samples, families are not interleaved, samples are unique, and histograms are cumulative and
 * end with {@code +Inf}.
 */
final class PrometheusText {
  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\"";
  private static final Pattern SAMPLE =
      Pattern.compile("(" + NAME + ")(\\{" + LABEL + "(?:," + LABEL + ")*\\})? ([0-9.eE+-]+)");

  private final Map<String, Double> samples = new LinkedHashMap<>();
  private final Map<String, Double> lastBucket = new HashMap<>();
  private final Set<String> families = new HashSet<>();
  private String family = "";
  private String type = "";

  private PrometheusText() {}

  /** Values by name and labels as written. */
  static Map<String, Double> check(String text) {
    assertThat(text).endsWith("\n");
    PrometheusText reader = new PrometheusText();
    for (String line : text.split("\n")) {
      reader.line(line);
    }
    return reader.samples;
  }

  private void line(String line) {
    if (line.startsWith("# HELP ")) {
      family = line.split(" ")[2];
      type = "";
      assertThat(families.add(family)).as("one family %s", family).isTrue();
    } else if (line.startsWith("# TYPE ")) {
      String[] words = line.split(" ");
      assertThat(words).hasSize(4);
      assertThat(words[2]).isEqualTo(family);
      assertThat(words[3]).isIn("gauge", "counter", "histogram");
      type = words[3];
    } else {
      sample(line);
    }
  }

  private void sample(String line) {
    Matcher sample = SAMPLE.matcher(line);
    assertThat(sample.matches()).as(line).isTrue();
    String name = sample.group(1);
    double value = Double.parseDouble(sample.group(3));
    if (type.equals("histogram")) {
      assertThat(name).isIn(family + "_bucket", family + "_count", family + "_sum");
      bucket(name, sample.group(2), value);
    } else {
      assertThat(type).as("type of %s", family).isNotEmpty();
      assertThat(name).isEqualTo(family);
    }
    String key = name + sample.group(2);
    assertThat(samples.put(key, value)).as("one sample %s", key).isNull();
  }

  private void bucket(String name, String labels, double value) {
    if (name.endsWith("_bucket")) {
      assertThat(labels).contains("le=\"");
      assertThat(value).isGreaterThanOrEqualTo(lastBucket.getOrDefault(family, 0.0));
      lastBucket.put(family, value);
    } else if (name.endsWith("_count")) {
      assertThat(value).isEqualTo(lastBucket.get(family));
      assertThat(samples.keySet())
          .anyMatch(key -> key.startsWith(family + "_bucket") && key.contains("le=\"+Inf\""));
    }
  }
}
