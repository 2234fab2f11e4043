import { hash } from 'node:crypto';
import { createEncoder } from '@sluice/canonical-event/avro-codec';
import type { Parsed } from '@sluice/vendor-kit/mapping/mapping';
import {
  mapParsed,
  parseRaw,
  type CanonicalEvent,
  type Normalized,
  type RawRecord,
} from '@sluice/vendor-kit/mapping/normalize';
import { loadMappings, mappingOf, type Mappings } from '@sluice/vendor-kit/vendor';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import { vendors } from '@sluice/vendors';
import type { BenchReport, LocalBenchRun } from './bench-run.ts';
import { jsonOf, recordsByType } from './raw-samples.ts';
import { renderTable, tenths, whole, type Column } from './table.ts';

/** CPU µs for one raw record of a data type. */
interface Cost {
  readonly jsonIn: number;
  readonly jsonOut: number;
  readonly parse: number;
  readonly map: number;
  readonly encode: number;
  /** Of `map`, what no code of ours can make cheaper: an id is a SHA-1 of a SHA-256. */
  readonly hashes: number;
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
  { title: 'hashes', align: 'right', cell: ({ hashes }) => tenths(hashes) },
  { title: 'JSON in', align: 'right', cell: ({ jsonIn }) => tenths(jsonIn) },
  { title: '× in', align: 'right', cell: (row) => tenths(times(row, row.jsonIn)) },
  { title: 'floor', align: 'right', cell: ({ hashes, jsonIn }) => tenths(hashes / jsonIn) },
  { title: 'JSON out', align: 'right', cell: ({ jsonOut }) => tenths(jsonOut) },
  { title: '× out', align: 'right', cell: (row) => tenths(times(row, row.jsonOut)) },
  { title: 'floor', align: 'right', cell: ({ hashes, jsonOut }) => tenths(hashes / jsonOut) },
  { title: 'µs/event', align: 'right', cell: (row) => tenths(perEvent(row)) },
  { title: 'events/s', align: 'right', cell: (row) => whole(1e6 / perEvent(row)) },
];

const times = ({ map, encode }: Cost, json: number): number => (map + encode) / json;

const legend = [
  'CPU µs for one raw record, but for the last two columns.',
  'JSON in: JSON.parse of the same values as they were sent; JSON out: of the events that they become.',
  'hashes: of map, what ids are made of: SHA-1 for each event, SHA-256 for each record that is not the whole payload.',
  '× in, × out: map and encode together, in times of it; behind each, its floor: the hashes alone.',
];

/** What map and encode together are to stay below, in times of JSON.parse. */
const aim = 3;

const rounds = { unmeasured: 2, measured: 7 };
/** How long a step of a data type is repeated in a round, in CPU µs. */
const stepUs = 15_000;
const chunkRecords = 10;

/**
 * What the normalizer's own code costs, without Kafka: realistic records of each data type, in this process.
 * Every round goes over all data types, as they are mixed where it matters, and of several rounds the middle one
 * counts. Next to the steps `JSON.parse` of the same values: as they were sent, which for JSON is the payload
 * itself, and as the events that they become.
 */
export async function benchNormalizer(run: LocalBenchRun): Promise<BenchReport> {
  const mappings = await loadMappings(vendors);
  const samples = [...(await recordsByType(run))].map(([dataType, records]) =>
    prepare(dataType, records, mappings),
  );
  const costs = measure(samples, run.progress);
  const rows = samples.map((sample): Row => ({ ...sample, ...middleOf(costs.get(sample) ?? []) }));
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const over = (json: 'jsonIn' | 'jsonOut') => ({
    times: sum(({ map, encode }) => map + encode) / sum((row) => row[json]),
    floor: sum(({ hashes }) => hashes) / sum((row) => row[json]),
    typesWithin: rows.filter((row) => times(row, row[json]) < aim).length,
    typesBeyondReach: rows.filter((row) => row.hashes / row[json] >= aim).length,
  });
  const figures = { in: over('jsonIn'), out: over('jsonOut') };
  const summary = (['in', 'out'] as const).map((side) => {
    const { times, floor, typesWithin, typesBeyondReach } = figures[side];
    return (
      `Over all data types: × ${side} ${tenths(times)}, floor ${tenths(floor)}; below ${aim} in ${typesWithin} of ` +
      `${rows.length} types, and in ${typesBeyondReach} the hashes alone take as long.`
    );
  });
  return {
    text: [renderTable(columns, rows), '', ...legend, '', ...summary].join('\n'),
    figures: { rows, ...figures },
    sound: true,
  };
}

/** The records of a data type, ready to be measured. */
interface Sample {
  readonly dataType: string;
  readonly bytes: number;
  readonly eventsPerRecord: number;
  /** Once over all records; in CPU µs for one of them. */
  measure(): Cost;
}

function prepare(dataType: string, records: readonly RawRecord[], mappings: Mappings): Sample {
  const parse = (record: RawRecord): Parsed => parseRaw(record, mappingOf(record.source, mappings));
  const map = (parsed: Parsed, record: RawRecord): Normalized =>
    mapParsed(parsed, record, mappingOf(record.source, mappings), noted);
  const noted = (): void => undefined;
  const documents = records.map((record) => jsonOf(record, mappingOf(record.source, mappings)));
  const events = records.flatMap((record) => map(parse(record), record).events);
  const outs = events.map(({ value }) => JSON.stringify(value));
  const contents = records.flatMap((record) => contentsOf(record, parse(record)));
  // As long as what an id is made of: namespace, source, data type, message id, content hash and role.
  const names = events.map(({ value }) => Buffer.from(value.meta.event_id.padEnd(130, '0')));
  const cost = (step: () => void): number => cpuOf(() => timed(step)) / records.length;
  // Reading takes values out of a parsed record, so each is mapped once; a few at a time, as they are found warm.
  const chunks = records.flatMap((_, at) =>
    at % chunkRecords === 0 ? [records.slice(at, at + chunkRecords)] : [],
  );
  const mapOnce = (): number => {
    let used = 0;
    for (const chunk of chunks) {
      const parsed = chunk.map((record) => ({ record, parsed: parse(record) }));
      used += timed(() => parsed.forEach((one) => map(one.parsed, one.record)));
    }
    return used;
  };
  return {
    dataType,
    bytes: records.reduce((sum, { payload }) => sum + payload.length, 0) / records.length,
    eventsPerRecord: events.length / records.length,
    measure: () => ({
      parse: cost(() => records.forEach((record) => parse(record))),
      map: cpuOf(mapOnce) / records.length,
      encode: cost(() => events.forEach((event) => encode(event))),
      hashes: cost(() => {
        for (const content of contents) hash('sha256', content, 'hex');
        for (const name of names) hash('sha1', name, 'hex');
      }),
      jsonIn: cost(() => documents.forEach((document) => void JSON.parse(document))),
      jsonOut: cost(() => outs.forEach((document) => void JSON.parse(document))),
    }),
  };
}

/** What has to be hashed of a payload: its records, but for one that is the payload itself. */
function contentsOf(record: RawRecord, parsed: Parsed): (string | Buffer)[] {
  if (parsed.outcome === 'undecodable') throw new Error(parsed.detail);
  return parsed.records.map(({ content }) => content).filter((content) => content !== record.payload);
}

const encoders = new Map<CanonicalTopic, (value: never) => Buffer>();

function encode({ topic, value }: CanonicalEvent): Buffer {
  let encoder = encoders.get(topic);
  if (!encoder) encoders.set(topic, (encoder = createEncoder(topic, 1)));
  return encoder(value as never);
}

function measure(samples: readonly Sample[], progress: (line: string) => void): Map<Sample, Cost[]> {
  const costs = new Map(samples.map((sample): [Sample, Cost[]] => [sample, []]));
  for (let round = -rounds.unmeasured; round < rounds.measured; round += 1) {
    progress(round < 0 ? 'warming up…' : `round ${round + 1} of ${rounds.measured}…`);
    for (const sample of samples) {
      const cost = sample.measure();
      if (round >= 0) costs.get(sample)?.push(cost);
    }
  }
  return costs;
}

/** The mean of some passes, each of which says what it used. */
function cpuOf(pass: () => number): number {
  let used = 0;
  let passes = 0;
  for (; used < stepUs; passes += 1) used += pass();
  return used / passes;
}

/** In CPU µs: of this process's own time, as long as others may keep it waiting. */
function timed(step: () => void): number {
  const before = process.cpuUsage();
  step();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function middleOf(costs: readonly Cost[]): Cost {
  const middle = (name: keyof Cost): number =>
    costs.map((cost) => cost[name]).toSorted((a, b) => a - b)[costs.length >> 1] ?? Number.NaN;
  return {
    parse: middle('parse'),
    map: middle('map'),
    encode: middle('encode'),
    hashes: middle('hashes'),
    jsonIn: middle('jsonIn'),
    jsonOut: middle('jsonOut'),
  };
}
