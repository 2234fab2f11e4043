import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDecoder, createEncoder, schemaOf } from '@sluice/canonical-event/avro-codec';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import type { Normalized } from '@sluice/vendor-kit/mapping/normalize';
import { goldenCases, rawHeadersOf, useNormalize, type GoldenCase } from './golden-source.ts';

/**
 * One folder a case: `<vendor>/fixtures/<dataType>-<name>/` with the payload (`input.xml` or `input.json`) and what
 * becomes of it (`expected.json`), refusals included. UPDATE_GOLDEN=1 writes what is expected now: read the difference
 * before you commit it.
 */
const cases = goldenCases();
const normalize = useNormalize();

async function normalizeCase({ vendor, dataType, input }: GoldenCase): Promise<object> {
  const unknown: string[] = [];
  const position = { topic: `sluice.raw.${vendor}`, partition: 0, offset: '1' };
  const result = normalize(vendor, dataType, readFileSync(input), { position }, (kind) => unknown.push(kind));
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

test.each(cases)('$vendor $name', async (one) => {
  const actual = `${JSON.stringify(await normalizeCase(one), null, 2)}\n`;
  const file = join(one.folder, 'expected.json');
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, actual);
  expect(actual).toBe(readFileSync(file, 'utf8'));
});

test.each(cases)(
  '$vendor $name has the same ids when ingress has told the hash',
  ({ vendor, dataType, input }) => {
    const payload = readFileSync(input);
    const idsOf = (payloadHash: string): string[] => {
      const headers = { ...rawHeadersOf(vendor, dataType), payloadHash };
      return normalize(vendor, dataType, payload, { headers }).events.map(({ value }) => value.meta.event_id);
    };
    expect(idsOf(hash('sha256', payload, 'hex'))).toEqual(idsOf(''));
  },
);
