import { createEncoder } from '@sluice/canonical-event/avro-codec';
import { mapParsed, parseRaw, type CanonicalEvent, type RawRecord } from '@sluice/normalizer/normalize';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import type { PlainPush } from '@sluice/simulator/push';
import { loadSimulatedSources } from '@sluice/simulator/simulated-sources';
import { generateTraffic } from '@sluice/simulator/traffic';
import { readSources } from '@sluice/sources/read-sources';
import type { BenchReport, LocalBenchRun } from './bench-run.ts';
import { writeBenchSources } from './bench-sources.ts';
import { renderTable, tenths, whole, type Column } from './table.ts';

/** CPU µs for one raw record of a data type. */
interface Cost {
  readonly jsonIn: number;
  readonly jsonOut: number;
  readonly parse: number;
  readonly map: number;
  readonly encode: number;
}

interface Row extends Cost {
  readonly dataType: string;
  readonly bytes: number;
  readonly eventsPerRecord: number;
}

const perEvent = (row: Row): number => (row.parse + row.map + row.encode) / row.eventsPerRecord;

const columns: readonly Column<Row>[] = [
  { title: 'data type', align: 'left', cell: ({ dataType }) => dataType },
  { title: 'bytes', align: 'right', cell: ({ bytes }) => whole(bytes) },
  { title: 'events', align: 'right', cell: ({ eventsPerRecord }) => tenths(eventsPerRecord) },
  { title: 'parse', align: 'right', cell: ({ parse }) => tenths(parse) },
  { title: 'map', align: 'right', cell: ({ map }) => tenths(map) },
  { title: 'encode', align: 'right', cell: ({ encode }) => tenths(encode) },
  { title: 'JSON in', align: 'right', cell: ({ jsonIn }) => tenths(jsonIn) },
  { title: '× in', align: 'right', cell: (row) => tenths(times(row, row.jsonIn)) },
  { title: 'JSON out', align: 'right', cell: ({ jsonOut }) => tenths(jsonOut) },
  { title: '× out', align: 'right', cell: (row) => tenths(times(row, row.jsonOut)) },
  { title: 'µs/event', align: 'right', cell: (row) => tenths(perEvent(row)) },
  { title: 'events/s', align: 'right', cell: (row) => whole(1e6 / perEvent(row)) },
];

const times = ({ map, encode }: Cost, json: number): number => (map + encode) / json;

const legend = [
  'CPU µs for one raw record, but for the last two columns.',
  'JSON in: JSON.parse of the same values as they were sent; JSON out: of the events that they become.',
  '× in, × out: map and encode together, in times of it.',
];

/** Records of each data type, at most: fewer are repeated until a round is long enough to be measured. */
const recordsPerType = 200;
const rounds = 7;
const roundMs = 60;

/**
 * What the normalizer's own code costs, without Kafka: realistic records of each data type, in this process, the
 * steps in turn and the middle one of several rounds. Beside them `JSON.parse` of the same values: as they were
 * sent, which for Sobot is the payload itself, and as the events that they become.
 */
export function benchNormalizer(run: LocalBenchRun): BenchReport {
  const rows = [...recordsByType(run)].map(([dataType, records]) => {
    run.progress(`${dataType}…`);
    return measure(dataType, records);
  });
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const overall = (json: (row: Row) => number): number => sum(({ map, encode }) => map + encode) / sum(json);
  const [timesIn, timesOut] = [overall(({ jsonIn }) => jsonIn), overall(({ jsonOut }) => jsonOut)];
  const summary = `Over all data types: × in ${tenths(timesIn)}, × out ${tenths(timesOut)}.`;
  return {
    text: [renderTable(columns, rows), '', ...legend, summary].join('\n'),
    figures: { rows, timesIn, timesOut },
    sound: true,
  };
}

function recordsByType({ folder, options }: LocalBenchRun): Map<string, RawRecord[]> {
  const sourcesFile = writeBenchSources(folder, 'bench');
  const sources = new Map(readSources(sourcesFile, {}).map((source) => [source.id, source]));
  const traffic = generateTraffic({
    sources: loadSimulatedSources(sourcesFile),
    seed: 'normalizer',
    run: 'normalizer',
    now: Date.now,
  });
  const byType = new Map<string, RawRecord[]>();
  for (let left = options.records; left > 0; left -= 1) {
    const push = traffic.next().value;
    const source = sources.get(push.sourceId);
    if (!source) throw new Error(`The bench has no source ${push.sourceId}.`);
    const records = byType.get(push.dataType) ?? [];
    byType.set(push.dataType, records);
    if (records.length < recordsPerType) records.push(rawRecordOf(push, source));
  }
  return byType;
}

function rawRecordOf(
  { vendor, sourceId, dataType, text }: PlainPush,
  source: RawRecord['source'],
): RawRecord {
  return {
    payload: Buffer.from(text),
    headers: {
      sourceId,
      vendor,
      dataType,
      receivedAtMs: Date.now(),
      requestId: '',
      contentType: '',
      keyUsed: 'current',
      signed: true,
      encrypted: true,
      payloadHash: '',
      traceparent: '',
    },
    position: { topic: `bench.raw.${vendor}`, partition: 0, offset: '0' },
    source,
  };
}

function measure(dataType: string, records: readonly RawRecord[]): Row {
  const noted = (): void => undefined;
  const documents = records.map(jsonOf);
  const events = records.flatMap((record) => mapParsed(parseRaw(record), record, noted).events);
  const outs = events.map(({ value }) => JSON.stringify(value));
  const steps = {
    jsonIn: () => documents.forEach((document) => void JSON.parse(document)),
    jsonOut: () => outs.forEach((document) => void JSON.parse(document)),
    parse: () => records.forEach((record) => parseRaw(record)),
    // Reading takes values out of a parsed record, so each is mapped once: parsed again, and the parsing taken off.
    parseAndMap: () => records.forEach((record) => mapParsed(parseRaw(record), record, noted)),
    encode: () => events.forEach((event) => encode(event)),
  };
  const { jsonIn, jsonOut, parse, parseAndMap, encode: encoded } = middleOf(steps, records.length);
  return {
    dataType,
    bytes: records.reduce((sum, { payload }) => sum + payload.length, 0) / records.length,
    eventsPerRecord: events.length / records.length,
    jsonIn,
    jsonOut,
    parse,
    map: Math.max(0, parseAndMap - parse),
    encode: encoded,
  };
}

/** Of each step the middle round, in CPU µs for each of `count` records. */
function middleOf<Name extends string>(steps: Record<Name, () => void>, count: number): Record<Name, number> {
  const names = Object.keys(steps) as Name[];
  const repeats = new Map(names.map((name) => [name, Math.max(1, Math.ceil(roundMs / timeOf(steps[name])))]));
  const found = new Map(names.map((name): [Name, number[]] => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      const times = repeats.get(name) ?? 1;
      const before = process.cpuUsage();
      for (let left = times; left > 0; left -= 1) steps[name]();
      const { user, system } = process.cpuUsage(before);
      found.get(name)?.push((user + system) / times / count);
    }
  }
  const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[rounds >> 1] ?? Number.NaN;
  return Object.fromEntries(names.map((name) => [name, middle(found.get(name) ?? [])])) as Record<
    Name,
    number
  >;
}

/** In ms, warm. */
function timeOf(step: () => void): number {
  for (let left = 5; left > 0; left -= 1) step();
  const started = performance.now();
  step();
  return performance.now() - started;
}

const encoders = new Map<CanonicalTopic, (value: never) => Buffer>();

function encode({ topic, value }: CanonicalEvent): Buffer {
  let encoder = encoders.get(topic);
  if (!encoder) encoders.set(topic, (encoder = createEncoder(topic, 1)));
  return encoder(value as never);
}

/** A tree of texts. */
interface Json {
  [name: string]: Json | string;
}

/** The same values as JSON: of Sobot the payload, of Echat an object for each element. */
function jsonOf(record: RawRecord): string {
  if (record.source.vendor === 'sobot') return record.payload.toString();
  const parsed = parseRaw(record);
  if (parsed.outcome === 'unusable') throw new Error(parsed.detail);
  const root: Json = {};
  for (const { name, value } of parsed.records.flatMap(({ fields }) => fields.rest())) {
    const path = name.split('.');
    const last = path.pop() ?? '';
    let parent = root;
    for (const step of path) parent = (parent[step] ??= {}) as Json;
    parent[last] = value;
  }
  return JSON.stringify(root);
}
