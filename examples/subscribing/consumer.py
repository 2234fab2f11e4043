"""Reads topics of normalized events from their beginning and prints a JSON line for each event. A line with an event
id that was printed before replaces that line: it is a later version of the same event.

--topic and --reader-schema take several, separated by commas. A reader schema is a file with your own, older schema:
events of the record that it names are given as it has them.

It ends on SIGTERM or Ctrl-C, after --max lines, or when nothing came for --until-idle-ms. Any failure ends it with
code 1; started again, it goes on after its last commit.
"""

import argparse
import io
import json
import math
import signal
import sys
import threading
import time
import urllib.request

from confluent_kafka import Consumer, KafkaException, TopicPartition
from fastavro import parse_schema, schemaless_reader

arguments = argparse.ArgumentParser()
for name in ("brokers", "schema-registry", "topic", "group"):
    arguments.add_argument(f"--{name}", required=True)
arguments.add_argument("--reader-schema", default="")
for name in ("until-idle-ms", "max"):
    arguments.add_argument(f"--{name}", type=float, default=math.inf)
options = arguments.parse_args()

# By the name of the record.
readers = {}
for path in filter(None, options.reader_schema.split(",")):
    with open(path, encoding="utf-8") as file:
        reader = parse_schema(json.load(file))
    readers[reader["name"]] = reader

schemas = {}


def decode(value):
    """Confluent's wire format: a zero byte, the schema's id as 4 bytes, Avro binary. Asks for each schema once."""
    if not value or value[0] != 0:
        raise ValueError("The value does not begin with the id of a schema.")
    schema_id = int.from_bytes(value[1:5], "big")
    if schema_id not in schemas:
        with urllib.request.urlopen(f"{options.schema_registry}/schemas/ids/{schema_id}", timeout=10) as answer:
            schemas[schema_id] = parse_schema(json.loads(json.load(answer)["schema"]))
    schema = schemas[schema_id]
    return schemaless_reader(io.BytesIO(value[5:]), schema, readers.get(schema["name"]))


# The version printed of each event. Keep yours beside your rows: this one grows, and is lost at the end.
versions = {}
printed = 0


def show(event, place):
    global printed
    meta = event["meta"]
    version = (meta["received_at"], meta["mapping_version"])
    if meta["event_id"] in versions and version <= versions[meta["event_id"]]:
        return
    versions[meta["event_id"]] = version
    occurred_at = meta["occurred_at"]
    line = {
        "event_id": str(meta["event_id"]),
        "event_type": meta["event_type"],
        "entity_key": meta["entity_key"],
        "occurred_at": occurred_at and occurred_at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
    }
    if "text" in event:
        line["text"] = event["text"]
    line.update(place)
    print(json.dumps(line, ensure_ascii=False, separators=(",", ":")), flush=True)
    printed += 1


stopping = threading.Event()
for stop_signal in (signal.SIGINT, signal.SIGTERM):
    signal.signal(stop_signal, lambda *_: stopping.set())
sys.stdout.reconfigure(encoding="utf-8")

# For TLS and SASL add "security.protocol" and "sasl.*" here.
consumer = Consumer(
    {
        "bootstrap.servers": options.brokers,
        "group.id": options.group,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
)
consumer.subscribe(options.topic.split(","))
try:
    last_news = time.monotonic()
    while not stopping.is_set() and printed < options.max:
        messages = consumer.consume(500, timeout=0.2)
        if messages or not consumer.assignment():
            last_news = time.monotonic()
        elif (time.monotonic() - last_news) * 1000 >= options.until_idle_ms:
            break
        done = {}
        for message in messages:
            if printed >= options.max:
                break
            if message.error():
                raise KafkaException(message.error())
            topic, partition, offset = message.topic(), message.partition(), message.offset()
            key = message.key() and message.key().decode()
            show(decode(message.value()), {"key": key, "topic": topic, "partition": partition, "offset": offset})
            done[topic, partition] = offset + 1
        if done:
            offsets = [TopicPartition(*place, offset) for place, offset in done.items()]
            for committed in consumer.commit(offsets=offsets, asynchronous=False):
                if committed.error:
                    raise KafkaException(committed.error)
finally:
    consumer.close()
