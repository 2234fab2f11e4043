import { hash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDecoder, createEncoder, schemaOf } from '@sluice/canonical-event/avro-codec';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import type { Source } from '@sluice/sources/source';
import { normalize, type Normalized } from './normalize.ts';
import { rawHeadersOf, sourceOf } from './testing/golden-source.ts';

/**
 * One folder a case: `fixtures/<maker>/<dataType>-<name>/` with the payload (`input.xml` or `input.json`)
 * and what becomes of it (`expected.json`), refusals included. UPDATE_GOLDEN=1 writes what is expected now:
 * read the difference before you commit it.
 */
const fixtures = join(import.meta.dirname, 'fixtures');
const makers = [
  { maker: 'echat', vendor: 'echat', input: 'input.xml' },
  { maker: 'sobot', vendor: 'sobot', input: 'input.json' },
  { maker: 'staff-page', vendor: 'echat', input: 'input.json' },
] as const;
const cases = makers.flatMap(({ maker, vendor, input }) =>
  readdirSync(join(fixtures, maker)).map((name) => {
    const folder = join(fixtures, maker, name);
    return { maker, vendor, name, folder, input: join(folder, input) };
  }),
);
async function normalizeCase(vendor: Source['vendor'], input: string, name: string): Promise<object> {
  const payload = readFileSync(input);
  const unknown: string[] = [];
  const headers = rawHeadersOf(vendor, name.replace(/-.*/, ''));
  const position = { topic: `sluice.raw.${vendor}`, partition: 0, offset: '1' };
  const result = normalize({ payload, headers, position, source: sourceOf(vendor) }, (kind) =>
    unknown.push(kind),
  );
  return {
    events: await throughAvro(result),
    rejected: result.rejected.map(({ reason, detail }) => ({ reason, detail })),
    repairs: result.repairs,
    unknown,
  };
}

/** As a subscriber reads them; fields that nobody set are left out of the fixture. */
async function throughAvro({ events }: Normalized): Promise<object[]> {
  return Promise.all(
    events.map(async ({ topic, value }) => {
      const decode = createDecoder(() => Promise.resolve(schemaOf(topic)));
      const encode = createEncoder<CanonicalTopic>(topic, 1);
      const decoded = await decode(topic, encode(value));
      if (!decoded.ok) throw new Error(decoded.detail);
      const set = Object.entries(decoded.value).filter(([, field]) => field !== null && field !== 'UNKNOWN');
      return { topic, ...Object.fromEntries(set) };
    }),
  );
}

test.each(cases)('$maker $name', async ({ vendor, name, folder, input }) => {
  const actual = `${JSON.stringify(await normalizeCase(vendor, input, name), null, 2)}\n`;
  const file = join(folder, 'expected.json');
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, actual);
  expect(actual).toBe(readFileSync(file, 'utf8'));
});

test.each(cases)(
  '$maker $name has the same ids when ingress has told the hash',
  ({ vendor, name, input }) => {
    const payload = readFileSync(input);
    const idsOf = (payloadHash: string): string[] => {
      const headers = { ...rawHeadersOf(vendor, name.replace(/-.*/, '')), payloadHash };
      const position = { topic: `sluice.raw.${vendor}`, partition: 0, offset: '1' };
      const { events } = normalize({ payload, headers, position, source: sourceOf(vendor) }, () => undefined);
      return events.map(({ value }) => value.meta.event_id);
    };
    expect(idsOf(hash('sha256', payload, 'hex'))).toEqual(idsOf(''));
  },
);
