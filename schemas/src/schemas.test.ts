import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readReleased } from '../tools/read-released.ts';
import { renderModule } from '../tools/render.ts';
import { brokenSizeLinks, canonicalTopics, requestLimitBytes, topics } from './topics.ts';

test('the generated types are those of the released schemas', () => {
  const committed = readFileSync(join(import.meta.dirname, 'generated/schemas.ts'), 'utf8');
  // When this fails: npm run generate -w schemas
  expect(committed).toBe(renderModule(readReleased()));
});

test('every topic with Avro values has a schema, and every schema a topic', () => {
  const withSchema = new Set(readReleased().map(({ topic }) => topic));
  expect([...withSchema].sort()).toEqual([...canonicalTopics, 'dead-letter'].sort());
});

test.each(canonicalTopics)(
  '%s: every field but meta has a default, and every enum knows UNKNOWN',
  (topic) => {
    const { schema } = readReleased().findLast((released) => released.topic === topic)!;
    const { fields } = schema as {
      fields: { name: string; type: unknown; default?: unknown; doc?: string }[];
    };
    for (const field of fields) {
      if (field.name !== 'meta') expect(field).toHaveProperty('default');
      expect(field.doc).toEqual(expect.any(String));
      const type = field.type as { type?: string; symbols?: string[]; default?: string };
      if (type.type === 'enum') {
        expect(type.symbols?.[0]).toBe('UNKNOWN');
        expect(type.default).toBe('UNKNOWN');
      }
    }
  },
);

describe('the chain of sizes', () => {
  const declared = {
    requestBytes: requestLimitBytes,
    rawBytes: topics['raw.echat'].maxMessageBytes,
    canonicalBytes: topics['conversation.v1'].maxMessageBytes,
    deadLetterBytes: topics['dead-letter'].maxMessageBytes,
  };

  test('holds as declared', () => {
    expect(brokenSizeLinks(declared)).toEqual([]);
  });

  test.each([
    [{ requestBytes: declared.rawBytes }, 'does not fit the raw topics'],
    [{ deadLetterBytes: declared.canonicalBytes }, 'does not fit the dead-letter topic'],
  ])('a broken link says what to do: %p', (change, sentence) => {
    expect(brokenSizeLinks({ ...declared, ...change })).toEqual([expect.stringContaining(sentence)]);
  });
});
