import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commonRepairs } from '@sluice/vendor-kit/mapping/repair';
import { xmlRepairs, type Repair } from './repairs.ts';

const allRepairs = { ...commonRepairs, ...xmlRepairs };
import { parseEchat } from '../parse.ts';
import { readDocument } from '../read-document.ts';

/**
 * One folder a case: `fixtures/<repair>-<case>/` with the document as sent (`input.xml`), as it was read
 * (`repaired.xml`), and the repairs and leaves (`expected.json`). UPDATE_GOLDEN=1 writes what is found now:
 * read the difference before you commit it.
 */
const fixtures = join(import.meta.dirname, 'fixtures');
const cases = readdirSync(fixtures);
/** Repairs of bytes and of JSON: no document is rewritten. */
const others: readonly Repair[] = [
  'invalid-utf-8',
  'declared-encoding',
  'cesu-8',
  'trailing-comma',
  'repeated-name',
  'raw-control-character',
  'unknown-escape',
  'odd-number',
  'lone-surrogate',
];

test.each(cases)('%s', (name) => {
  const file = (of: string): string => join(fixtures, name, of);
  const payload = readFileSync(file('input.xml'));
  const reading = readDocument(payload.toString('utf8'));
  if (reading.outcome !== 'read') throw new Error(reading.detail);
  const { repairs, leaves, text } = reading;
  const found = `${JSON.stringify({ repairs, leaves }, null, 2)}\n`;
  if (process.env.UPDATE_GOLDEN === '1') {
    writeFileSync(file('repaired.xml'), text);
    writeFileSync(file('expected.json'), found);
  }
  expect(text).toBe(readFileSync(file('repaired.xml'), 'utf8'));
  expect(found).toBe(readFileSync(file('expected.json'), 'utf8'));
  expect(parseEchat(payload, 'any')).toMatchObject({ outcome: 'parsed', repairs });
});

test('every repair of a document has a case', () => {
  const missing = Object.keys(allRepairs)
    .filter((repair) => !others.includes(repair as Repair))
    .filter((repair) => !cases.some((name) => name.startsWith(`${repair}-`)));
  expect(missing).toEqual([]);
});
