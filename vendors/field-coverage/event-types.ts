import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { staffActionType } from '@sluice/raw-event/raw-headers';
import { canonicalTopics, type CanonicalTopic } from '@sluice/schemas/topics';
import { vendors, type VendorId } from '../index.ts';

interface GoldenCase {
  readonly events: readonly {
    readonly topic: CanonicalTopic;
    readonly meta: { readonly event_type: string; readonly data_type: string };
  }[];
}

/** Who sends what a golden case holds: the vendor's name without its Chinese one. */
const senderOf = (vendor: VendorId, name: string): string =>
  name.startsWith(`${staffActionType}-`) ? 'staff pages' : (vendors[vendor].name.split(' ')[0] ?? vendor);

/** An event type, and what it is made of. */
interface EventType {
  readonly topic: CanonicalTopic;
  readonly type: string;
  /** By who sends them. */
  readonly dataTypes: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The event types of each topic, with the vendors' data types that become them: what the golden cases show. */
export function eventTypes(): EventType[] {
  const found = new Map<string, Map<string, Map<string, Set<string>>>>();
  for (const vendor of Object.keys(vendors) as VendorId[]) {
    const fixtures = join(import.meta.dirname, `../${vendor}/fixtures`);
    for (const name of readdirSync(fixtures)) {
      const file = join(fixtures, name, 'expected.json');
      const golden = JSON.parse(readFileSync(file, 'utf8')) as GoldenCase;
      for (const { topic, meta } of golden.events)
        within(
          within(within(found, topic), meta.event_type),
          senderOf(vendor, name),
          () => new Set<string>(),
        ).add(meta.data_type);
    }
  }
  return canonicalTopics.flatMap((topic) =>
    [...(found.get(topic) ?? [])]
      .map(([type, dataTypes]) => ({ topic, type, dataTypes }))
      .toSorted((one, other) => one.type.localeCompare(other.type)),
  );
}

function within<V>(map: Map<string, V>, key: string, made: () => V): V;
function within<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V>;
function within<V>(map: Map<string, V>, key: string, made: () => V = () => new Map() as V): V {
  const there = map.get(key) ?? made();
  map.set(key, there);
  return there;
}

const [begin, end] = ['<!-- event types: begin -->', '<!-- event types: end -->'];

/** The page for subscribers with its table of event types. @throws when the page has no place for it */
export function withEventTypes(page: string): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`The page lacks ${begin} or ${end}.`);
  const mapped = eventTypes().filter(({ topic }) => topic !== 'other.v1');
  const cells = [
    ...mapped.map(({ topic, type, dataTypes }) => [
      `\`${topic}\``,
      `\`${type}\``,
      [...dataTypes]
        .map(([name, ofMaker]) => `${name}: ${[...ofMaker].toSorted().map(shown).join(', ')}`)
        .join('; '),
    ]),
    [
      '`other.v1`',
      '`<vendor>.<data type>`',
      'a data type, or a shape of one, that no page of the vendor has',
    ],
  ];
  const rows = [['topic', 'event type', 'made of'], ...cells];
  const widths = [0, 1, 2].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return `${before}${begin}\n\n${[line(head), rule, ...body.map(line)].join('\n')}\n\n${end}${after}`;
}

const shown = (dataType: string): string => (dataType === '' ? 'without a data type' : `\`${dataType}\``);
