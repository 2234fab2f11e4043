import { renderReaders } from './render-readers.ts';

const schemaOf = (type: unknown): { topic: string; schema: object } => ({
  topic: 'one.v1',
  schema: { type: 'record', name: 'One', fields: [{ name: 'value', type }] },
});

test('the newest schema of a topic counts', () => {
  const text = renderReaders([schemaOf('int'), schemaOf('string')]);
  expect(text).toContain('value: readString(cursor),');
  expect(text).not.toContain('value: readInt(cursor),');
});

test.each([
  ['float', 'float'],
  ['Named', 'Named'],
  ['unions of null', ['null', 'int', 'string']],
  ['unions of null', ['int', 'null']],
  ['a list in a list', { type: 'array', items: { type: 'array', items: 'int' } }],
])('a type that nothing reads is refused: %s', (message, type) => {
  expect(() => renderReaders([schemaOf(type)])).toThrow(message);
});

test('two types of one name are refused', () => {
  const kind = (...symbols: string[]) => ({ type: 'enum', name: 'Kind', symbols });
  const both = [
    { topic: 'one.v1', schema: { name: 'One', fields: [{ name: 'kind', type: kind('A') }] } },
    { topic: 'two.v1', schema: { name: 'Two', fields: [{ name: 'kind', type: kind('B') }] } },
  ];
  expect(() => renderReaders(both)).toThrow('There are two types called Kind.');
});
