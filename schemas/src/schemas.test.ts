import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { model } from '../model/model.ts';
import { readReleased } from './read-released.ts';
import { renderDictionary } from '../tools/render-dictionary.ts';
import { renderModule } from '../tools/render.ts';
import { renderReaders } from '../tools/render-readers.ts';
import { renderWriters } from '../tools/render-writers.ts';
import { writeOut } from '../tools/write-out.ts';
import { recordOverheadBytes, requestLimitBytes, storedTopics, topics, rawTopic } from './topics.ts';

test('the generated types are those of the released schemas', () => {
  const committed = readFileSync(join(import.meta.dirname, 'generated/schemas.ts'), 'utf8');
  // When this fails: npm run generate
  expect(committed).toBe(renderModule(readReleased()));
});

test('the generated readers are those of the released schemas', () => {
  const committed = readFileSync(join(import.meta.dirname, 'generated/readers.ts'), 'utf8');
  // When this fails: npm run generate
  expect(committed).toBe(renderReaders(readReleased()));
});

test('the generated writers are those of the released schemas', () => {
  const committed = readFileSync(join(import.meta.dirname, 'generated/writers.ts'), 'utf8');
  // When this fails: npm run generate
  expect(committed).toBe(renderWriters(readReleased()));
});

test('docs/reference/data-dictionary.md is that of the released schemas', () => {
  const committed = readFileSync(
    join(import.meta.dirname, '../../docs/reference/data-dictionary.md'),
    'utf8',
  );
  // When this fails: npm run generate
  expect(committed).toBe(renderDictionary(readReleased()));
});

test('every topic with Avro values has a schema, and every schema a topic', () => {
  const withSchema = new Set(readReleased().map(({ topic }) => topic));
  expect([...withSchema].sort()).toEqual([...storedTopics, 'dead-letter'].sort());
});

test.each(storedTopics)('the newest schema of %s is that of the model', (topic) => {
  const newest = readReleased().findLast((released) => released.topic === topic);
  // When this fails: npm run generate, and npm run release -w schemas when it is to be released.
  expect(newest?.schema).toEqual(writeOut(model[topic]!));
});

test.each(storedTopics)('%s: every field has a doc and a default, and every enum knows UNKNOWN', (topic) => {
  const needed = new Set(['event_id', 'event_type', 'source_id', 'received_at', 'meta']);
  const parts = new Set(['Attribute', 'CustomField']);
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { name, fields, symbols, ...rest } = node as Record<string, unknown>;
    if (symbols) expect([(symbols as string[])[0], rest.default]).toEqual(['UNKNOWN', 'UNKNOWN']);
    for (const field of (fields ?? []) as { name: string; default?: unknown; doc?: string }[]) {
      expect(field.doc).toEqual(expect.any(String));
      // The pairs of a list are sent whole or not at all.
      if (!needed.has(field.name) && !parts.has(String(name))) expect(field).toHaveProperty('default');
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(model[topic]);
});

test('the declared sizes fit: request < raw topic < dead-letter topic, and an event fits as a dead letter', () => {
  const { maxMessageBytes: deadLetter } = topics['dead-letter'];
  expect(requestLimitBytes + recordOverheadBytes).toBeLessThanOrEqual(rawTopic.maxMessageBytes);
  expect(rawTopic.maxMessageBytes + recordOverheadBytes).toBeLessThanOrEqual(deadLetter);
  for (const name of storedTopics)
    expect(topics[name].maxMessageBytes + recordOverheadBytes).toBeLessThanOrEqual(deadLetter);
});
