import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads topics of normalized events from their beginning and prints a JSON line for each event. A line with an event
 * id that was printed before replaces that line: it is a later version of the same event.
 *
 * <p>--topic and --reader-schema take several, separated by commas. A reader schema is a file with your own, older
 * schema: events of the record that it names are given as it has them.
 *
 * <p>It ends on SIGTERM or Ctrl-C (with Java's codes for them, 143 and 130), after --max lines, or when nothing came
 * for --until-idle-ms. Any failure ends it with code 1; started again, it goes on after its last commit.
 */
public class Consumer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final PrintStream OUT =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

  private static volatile boolean stopping = false;

  private final String registry;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private final Map<Integer, GenericDatumReader<GenericRecord>> readers = new HashMap<>();

  /** The version printed of each event. Keep yours beside your rows: this one grows, and is lost at the end. */
  private final Map<String, Version> versions = new HashMap<>();

  private long printed = 0;

  private record Version(long receivedAt, int mappingVersion) {
    boolean isAbove(Version other) {
      return receivedAt != other.receivedAt
          ? receivedAt > other.receivedAt
          : mappingVersion > other.mappingVersion;
    }
  }

  /** By the name of the record. */
  private final Map<String, Schema> readerSchemas = new HashMap<>();

  private Consumer(String registry, String readerSchemaFiles) throws IOException {
    this.registry = registry;
    for (var file : readerSchemaFiles.split(",")) {
      if (file.isEmpty()) continue;
      var schema = new Schema.Parser().parse(new File(file));
      readerSchemas.put(schema.getFullName(), schema);
    }
  }

  public static void main(String[] args) throws Exception {
    var options = new HashMap<String, String>();
    for (int i = 0; i + 1 < args.length; i += 2) options.put(args[i], args[i + 1]);
    for (var name : List.of("--brokers", "--schema-registry", "--topic", "--group"))
      if (!options.containsKey(name)) throw new IllegalArgumentException(name + " is missing.");

    var main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      stopping = true;
      try {
        main.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }));
    new Consumer(options.get("--schema-registry"), options.getOrDefault("--reader-schema", "")).run(options);
  }

  private void run(Map<String, String> options) throws IOException, InterruptedException {
    long max = Long.parseLong(options.getOrDefault("--max", "" + Long.MAX_VALUE));
    long untilIdleMs = Long.parseLong(options.getOrDefault("--until-idle-ms", "" + Long.MAX_VALUE));
    // For TLS and SASL add "security.protocol" and "sasl.*" here.
    Map<String, Object> settings = Map.of(
        "bootstrap.servers", options.get("--brokers"),
        "group.id", options.get("--group"),
        "auto.offset.reset", "earliest",
        "enable.auto.commit", false,
        "allow.auto.create.topics", false);
    var bytes = new ByteArrayDeserializer();
    try (var consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      consumer.subscribe(List.of(options.get("--topic").split(",")));
      long lastNews = System.nanoTime();
      while (!stopping && printed < max) {
        var records = consumer.poll(Duration.ofMillis(200));
        if (!records.isEmpty() || consumer.assignment().isEmpty()) lastNews = System.nanoTime();
        else if ((System.nanoTime() - lastNews) / 1_000_000 >= untilIdleMs) break;
        var done = new HashMap<TopicPartition, OffsetAndMetadata>();
        for (var record : records) {
          if (printed >= max) break;
          print(decode(record.value()), record);
          done.put(
              new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        if (!done.isEmpty()) consumer.commitSync(done);
      }
    }
  }

  /** Confluent's wire format: a zero byte, the schema's id as 4 bytes, Avro binary. Asks for each schema once. */
  private GenericRecord decode(byte[] value) throws IOException, InterruptedException {
    if (value == null || value.length < 5 || value[0] != 0)
      throw new IOException("The value does not begin with the id of a schema.");
    int id = ByteBuffer.wrap(value).getInt(1);
    if (!readers.containsKey(id)) {
      var writer = fetchSchema(id);
      var reader = readerSchemas.getOrDefault(writer.getFullName(), writer);
      readers.put(id, new GenericDatumReader<>(writer, reader));
    }
    var binary = DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null);
    return readers.get(id).read(null, binary);
  }

  private Schema fetchSchema(int id) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(registry + "/schemas/ids/" + id))
        .timeout(Duration.ofSeconds(10))
        .build();
    var answer = http.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200)
      throw new IOException("The registry answers " + answer.statusCode() + " for schema " + id + ".");
    return new Schema.Parser().parse(JSON.readTree(answer.body()).get("schema").asText());
  }

  private void print(GenericRecord event, ConsumerRecord<byte[], byte[]> record) throws IOException {
    var meta = (GenericRecord) event.get("meta");
    var id = meta.get("event_id").toString();
    var version = new Version((long) meta.get("received_at"), (int) meta.get("mapping_version"));
    var known = versions.get(id);
    if (known != null && !version.isAbove(known)) return;
    versions.put(id, version);
    var occurredAt = (Long) meta.get("occurred_at");
    var line = new LinkedHashMap<String, Object>();
    line.put("event_id", id);
    line.put("event_type", meta.get("event_type").toString());
    line.put("entity_key", meta.get("entity_key").toString());
    line.put("occurred_at", occurredAt == null ? null : ISO.format(Instant.ofEpochMilli(occurredAt)));
    if (event.hasField("text")) line.put("text", event.get("text") == null ? null : event.get("text").toString());
    line.put("key", record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8));
    line.put("topic", record.topic());
    line.put("partition", record.partition());
    line.put("offset", record.offset());
    OUT.println(JSON.writeValueAsString(line));
    printed++;
  }
}
