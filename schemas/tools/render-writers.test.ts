import { renderWriters } from './render-writers.ts';

const schemaOf = (type: unknown, more: object = {}): { topic: string; schema: object } => ({
  topic: 'one.v1',
  schema: { type: 'record', name: 'One', fields: [{ name: 'value', type, ...more }] },
});

test('a field that may be left out is written with its default', () => {
  expect(renderWriters([schemaOf('int', { default: -1 })])).toContain('if (field === undefined) field = -1;');
});

test('the newest schema of a topic counts', () => {
  const text = renderWriters([schemaOf('int'), schemaOf('string')]);
  expect(text).toContain('at = writeString(bytes, at, field);');
  expect(text).not.toContain('at = writeInt(bytes, at, field);');
});

test.each([
  ['float', 'float', {}],
  ['Named', 'Named', {}],
  ['unions of null', ['null', 'int', 'string'], { default: null }],
  ['unions of null', ['int', 'null'], { default: 0 }],
  ['unions of null', ['null', 'int'], {}],
  ['a list in a list', { type: 'array', items: { type: 'array', items: 'int' } }, {}],
])('a type that nothing writes is refused: %s', (message, type, more) => {
  expect(() => renderWriters([schemaOf(type, more)])).toThrow(message);
});

test('two types of one name are refused', () => {
  const kind = (...symbols: string[]) => ({ type: 'enum', name: 'Kind', symbols });
  const both = [
    { topic: 'one.v1', schema: { name: 'One', fields: [{ name: 'kind', type: kind('A') }] } },
    { topic: 'two.v1', schema: { name: 'Two', fields: [{ name: 'kind', type: kind('B') }] } },
  ];
  expect(() => renderWriters(both)).toThrow('There are two types called Kind.');
});
